using AmpEdge.Wal;

namespace AmpEdge.Tests.Support;

/// <summary>An open file of a <see cref="FaultyFileSystem"/>; dead with the process that opened it.</summary>
internal sealed class FaultyFileHandle(FaultyFileSystem owner, string path, FaultyFile file, int generation) : IFile
{
    public long Length => owner.LengthOf(file);

    public int Read(long offset, Span<byte> target) => owner.Read(path, file, generation, offset, target);

    public void Write(long offset, ReadOnlySpan<byte> source) => owner.Write(path, file, generation, offset, source);

    public void SetLength(long length) => owner.SetLength(path, file, generation, length);

    public void Sync() => owner.Sync(path, file, generation);

    public void Dispose()
    {
        // Content belongs to the disk, not to the handle.
    }
}
