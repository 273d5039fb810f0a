using System.Diagnostics.CodeAnalysis;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>A file of a block, read through the <see cref="PageCache"/>. It does not change while it is open. Thread-safe.</summary>
internal sealed class PagedFile : IDisposable
{
    /// <summary>Longer reads go to the disk at once: they would drive out much that others need, for one reader.</summary>
    private const int LargestCachedRead = 4 * PageCache.PageBytes;

    private const int ChecksumStep = 64 * 1024;

    private readonly PageCache _cache;
    private readonly IFile _file;

    public PagedFile(PageCache cache, IFile file, string path)
    {
        _cache = cache;
        _file = file;
        Path = path;
        Number = cache.NewFile();
        Length = file.Length;
    }

    public string Path { get; }

    /// <summary>Tells its pages from those of other files.</summary>
    public uint Number { get; }

    public long Length { get; }

    /// <summary>
    /// The bytes from an offset on: a slice of a page where they lie in one, else a copy in <paramref name="scratch"/>,
    /// which grows as needed.
    /// </summary>
    /// <exception cref="BlockCorruptionException">The file ends before them.</exception>
    public ReadOnlySpan<byte> Read(long offset, int length, scoped ref byte[] scratch)
    {
        if ((ulong)offset > (ulong)Length || length > Length - offset)
        {
            ThrowEnd(offset, length);
        }

        int inPage = (int)(offset % PageCache.PageBytes);
        if (inPage + length <= PageCache.PageBytes)
        {
            return length == 0 ? default : _cache.Get(this, (uint)(offset / PageCache.PageBytes)).AsSpan(inPage, length);
        }

        if (scratch.Length < length)
        {
            scratch = new byte[Math.Max(length, scratch.Length * 2)];
        }

        Span<byte> target = scratch.AsSpan(0, length);
        if (length > LargestCachedRead)
        {
            ReadDirectly(offset, target);
            return target;
        }

        for (Span<byte> rest = target; !rest.IsEmpty;)
        {
            ReadOnlySpan<byte> part = ReadInPage(offset);
            part = part[..Math.Min(part.Length, rest.Length)];
            part.CopyTo(rest);
            rest = rest[part.Length..];
            offset += part.Length;
        }

        return target;
    }

    /// <summary>What follows an offset in its page, not all of which may be wanted; empty at the end of the file.</summary>
    public ReadOnlySpan<byte> ReadInPage(long offset) =>
        (ulong)offset >= (ulong)Length
            ? default
            : _cache.Get(this, (uint)(offset / PageCache.PageBytes)).AsSpan((int)(offset % PageCache.PageBytes));

    /// <summary>Fills the target past the cache.</summary>
    /// <exception cref="BlockCorruptionException">The file ends before that, or is encrypted and does not open there.</exception>
    public void ReadDirectly(long offset, Span<byte> target)
    {
        try
        {
            if (_file.Read(offset, target) != target.Length)
            {
                ThrowEnd(offset, target.Length);
            }
        }
        catch (DamagedPageException damaged)
        {
            throw BlockCorruptionException.Of(damaged);
        }
    }

    /// <summary>The CRC-32C of so many bytes, read past the cache.</summary>
    public uint Checksum(long offset, long length)
    {
        byte[] step = new byte[(int)Math.Min(length, ChecksumStep)];
        uint checksum = 0;
        for (long end = offset + length; offset < end;)
        {
            Span<byte> target = step.AsSpan(0, (int)Math.Min(step.Length, end - offset));
            ReadDirectly(offset, target);
            checksum = Crc32C.Append(checksum, target);
            offset += target.Length;
        }

        return checksum;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>A whole page, for the cache.</summary>
    internal byte[] ReadPage(uint page)
    {
        long offset = (long)page * PageCache.PageBytes;
        byte[] bytes = new byte[(int)Math.Min(PageCache.PageBytes, Length - offset)];
        ReadDirectly(offset, bytes);
        return bytes;
    }

    [DoesNotReturn]
    private void ThrowEnd(long offset, int length) =>
        throw new BlockCorruptionException(Path, offset, $"the end of the file at {Length}", $"{length} bytes");
}
