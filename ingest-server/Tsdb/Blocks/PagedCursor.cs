using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Walks forward through a section of a file. A read past the section's end throws a
/// <see cref="BlockCorruptionException"/>. What was read through the cache stays as it is; what was read past it, until the
/// next read.
/// </summary>
internal ref struct PagedCursor
{
    /// <summary>How much is read at a time past the cache.</summary>
    private const int DirectBytes = 64 * 1024;

    private readonly PagedFile _file;
    private readonly long _end;
    private readonly bool _cached;
    private long _windowEnd;
    private ReadOnlySpan<byte> _window;
    private byte[] _scratch;

    /// <param name="file">The file.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="end">Where the section ends.</param>
    /// <param name="cached">False when the section is read once from beginning to end, so that it drives out nothing.</param>
    public PagedCursor(PagedFile file, long offset, long end, bool cached = true)
    {
        _file = file;
        _end = end;
        _cached = cached;
        _windowEnd = offset;
        _scratch = [];
    }

    public readonly long Position => _windowEnd - _window.Length;

    public readonly bool AtEnd => Position >= _end;

    public byte ReadByte() => ReadBytes(1)[0];

    public uint ReadUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(sizeof(uint)));

    public ulong ReadUvarint()
    {
        if (_window.Length < Uvarint.MaxLength)
        {
            Fill((int)Math.Min(Uvarint.MaxLength, Math.Max(_end - Position, 0)));
        }

        if (!Uvarint.TryRead(_window, out ulong value, out int length))
        {
            Throw("no number", "a uvarint");
        }

        _window = _window[length..];
        return value;
    }

    /// <summary>A uvarint length and that many bytes.</summary>
    public ReadOnlySpan<byte> ReadLengthPrefixed()
    {
        ulong length = ReadUvarint();
        if (length > (ulong)Math.Max(_end - Position, 0) || length > int.MaxValue)
        {
            Throw($"a length of {length}", "one within the section");
        }

        return ReadBytes((int)length);
    }

    private ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (_window.Length < count)
        {
            Fill(count);
        }

        ReadOnlySpan<byte> bytes = _window[..count];
        _window = _window[count..];
        return bytes;
    }

    /// <summary>Makes so many bytes or more readable at once, up to the section's end.</summary>
    private void Fill(int count)
    {
        long position = Position;
        if (count > _end - position)
        {
            Throw($"the section's end after {_end - position} bytes", $"{count} bytes");
        }

        if (_cached)
        {
            // What lies in two pages gets an array of its own, so that slices stay as they are.
            byte[] copy = [];
            ReadOnlySpan<byte> page = _file.ReadInPage(position);
            _window = page.Length >= count ? page : _file.Read(position, count, ref copy);
            _window = _window[..(int)Math.Min(_window.Length, _end - position)];
        }
        else
        {
            int length = (int)Math.Min(Math.Max(count, DirectBytes), _end - position);
            if (_scratch.Length < length)
            {
                _scratch = new byte[length];
            }

            _file.ReadDirectly(position, _scratch.AsSpan(0, length));
            _window = _scratch.AsSpan(0, length);
        }

        _windowEnd = position + _window.Length;
    }

    [DoesNotReturn]
    private readonly void Throw(string found, string expected) =>
        throw new BlockCorruptionException(_file.Path, Position, found, expected);
}
