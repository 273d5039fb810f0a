using System.Buffers.Binary;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// Writes one file from its beginning to its end, in large pieces, and keeps the checksum of what was written since
/// <see cref="BeginChecksum"/>. It never goes back, so the file may lie on a disk that can only append.
/// </summary>
internal sealed class FileAppender : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly IFile _file;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;
    private int _checked;
    private uint _checksum;
    private long _written;

    public FileAppender(IFile file) => _file = file;

    /// <summary>How many bytes the file has, those that are still in the buffer included.</summary>
    public long Position => _written + _used;

    public void Append(byte value)
    {
        if (_used == BufferBytes)
        {
            Flush();
        }

        _buffer[_used++] = value;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == BufferBytes)
            {
                Flush();
            }

            int count = Math.Min(bytes.Length, BufferBytes - _used);
            bytes[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
        }
    }

    public void AppendUInt32BigEndian(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Reserve(sizeof(uint)), value);
        _used += sizeof(uint);
    }

    public void AppendUInt64BigEndian(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);
        _used += sizeof(ulong);
    }

    public void AppendUvarint(ulong value)
    {
        // First the room, which may empty the buffer, then how much of it is used.
        int length = Uvarint.Write(Reserve(Uvarint.MaxLength), value);
        _used += length;
    }

    /// <summary>A uvarint length and the bytes.</summary>
    public void AppendLengthPrefixed(scoped ReadOnlySpan<byte> bytes)
    {
        AppendUvarint((ulong)bytes.Length);
        Append(bytes);
    }

    /// <summary>Zeros up to the next multiple of <paramref name="alignment"/>.</summary>
    public void PadTo(int alignment)
    {
        while (Position % alignment != 0)
        {
            Append(0);
        }
    }

    /// <summary>What is appended from here on goes into the next checksum.</summary>
    public void BeginChecksum()
    {
        _checksum = 0;
        _checked = _used;
    }

    /// <summary>Appends the checksum, CRC-32C, big-endian.</summary>
    public void AppendChecksum()
    {
        Sum();
        AppendUInt32BigEndian(_checksum);
    }

    /// <summary>Hands over what is in the buffer and returns when all of the file is on the disk.</summary>
    public void Sync()
    {
        Flush();
        _file.Sync();
    }

    /// <summary>Hands over what is in the buffer.</summary>
    public void Flush()
    {
        Sum();
        _file.Write(_written, _buffer.AsSpan(0, _used));
        _written += _used;
        _used = 0;
        _checked = 0;
    }

    public void Dispose() => _file.Dispose();

    private Span<byte> Reserve(int count)
    {
        if (count > BufferBytes - _used)
        {
            Flush();
        }

        return _buffer.AsSpan(_used);
    }

    private void Sum()
    {
        _checksum = Crc32C.Append(_checksum, _buffer.AsSpan(_checked, _used - _checked));
        _checked = _used;
    }
}
