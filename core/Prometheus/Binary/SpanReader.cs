using System.Buffers.Binary;

namespace AmpEdge.Prometheus;

/// <summary>Forward-only cursor over one binary payload: a WAL record, an index section, a chunk header.</summary>
/// <remarks>
/// Each integer's byte order is in its method's name; uvarints are LEB128. A read past the end, or an integer that does
/// not fit, sets <see cref="Truncated"/>, empties the rest and yields zero, so a decoder checks once per record instead
/// of once per field.
/// </remarks>
public ref struct SpanReader(ReadOnlySpan<byte> payload)
{
    private readonly int _length = payload.Length;
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>True once a read needed more bytes than the payload held. Never reset.</summary>
    public bool Truncated { get; private set; }

    /// <summary>What was not read yet; empty after a truncation.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _length - _rest.Length;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte ReadByte()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(1);
        return Truncated ? (byte)0 : bytes[0];
    }

    public ushort ReadUInt16BigEndian()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(ushort));
        return Truncated ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    public uint ReadUInt32BigEndian()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(uint));
        return Truncated ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public uint ReadUInt32LittleEndian()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(uint));
        return Truncated ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadUInt64BigEndian()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(ulong));
        return Truncated ? 0 : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    public ulong ReadUInt64LittleEndian()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(ulong));
        return Truncated ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Reads the 64 bits of a double, little-endian; NaN payloads stay as they are.</summary>
    public double ReadDoubleLittleEndian() => BitConverter.UInt64BitsToDouble(ReadUInt64LittleEndian());

    /// <summary>Reads up to ten bytes; a value over 64 bits counts as truncation.</summary>
    public ulong ReadUvarint()
    {
        if (!Uvarint.TryRead(_rest, out ulong value, out int length))
        {
            MarkTruncated();
            return 0;
        }

        _rest = _rest[length..];
        return value;
    }

    /// <summary>Reads a zigzag-encoded uvarint, as Prometheus's TSDB and protobuf's sint64 write signed values.</summary>
    public long ReadVarint() => Uvarint.UnZigZag(ReadUvarint());

    /// <summary>Reads a uvarint that must fit a non-negative int, such as a count; a larger one counts as truncation.</summary>
    public int ReadUvarintInt32()
    {
        ulong value = ReadUvarint();
        if (value > int.MaxValue)
        {
            MarkTruncated();
            return 0;
        }

        return (int)value;
    }

    /// <summary>The next <paramref name="count"/> bytes, as a slice of the payload; empty after a truncation.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            MarkTruncated();
            return default;
        }

        ReadOnlySpan<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>A uvarint length and that many bytes.</summary>
    public ReadOnlySpan<byte> ReadLengthPrefixed()
    {
        ulong length = ReadUvarint();
        if (length > (ulong)_rest.Length)
        {
            MarkTruncated();
            return default;
        }

        return ReadBytes((int)length);
    }

    public void Skip(int count) => ReadBytes(count);

    private void MarkTruncated()
    {
        Truncated = true;
        _rest = default;
    }
}
