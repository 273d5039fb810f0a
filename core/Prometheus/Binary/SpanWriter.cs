using System.Buffers.Binary;

namespace AmpEdge.Prometheus;

/// <summary>Forward-only writer into a caller's fixed span; the counterpart of <see cref="SpanReader"/>.</summary>
/// <remarks>
/// The caller sizes the span beforehand. A write past its end sets <see cref="Overflowed"/> and writes nothing more, so
/// an encoder checks once. For output of unknown size use <see cref="ByteBuffer"/>.
/// </remarks>
public ref struct SpanWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    /// <summary>True once a write needed more room than the target has. Never reset.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _target[..Length];

    public void WriteByte(byte value)
    {
        if (TryTake(1, out Span<byte> place))
        {
            place[0] = value;
        }
    }

    public void WriteUInt16BigEndian(ushort value)
    {
        if (TryTake(sizeof(ushort), out Span<byte> place))
        {
            BinaryPrimitives.WriteUInt16BigEndian(place, value);
        }
    }

    public void WriteUInt32BigEndian(uint value)
    {
        if (TryTake(sizeof(uint), out Span<byte> place))
        {
            BinaryPrimitives.WriteUInt32BigEndian(place, value);
        }
    }

    public void WriteUInt32LittleEndian(uint value)
    {
        if (TryTake(sizeof(uint), out Span<byte> place))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(place, value);
        }
    }

    public void WriteUInt64BigEndian(ulong value)
    {
        if (TryTake(sizeof(ulong), out Span<byte> place))
        {
            BinaryPrimitives.WriteUInt64BigEndian(place, value);
        }
    }

    public void WriteUInt64LittleEndian(ulong value)
    {
        if (TryTake(sizeof(ulong), out Span<byte> place))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(place, value);
        }
    }

    public void WriteDoubleLittleEndian(double value) => WriteUInt64LittleEndian(BitConverter.DoubleToUInt64Bits(value));

    public void WriteUvarint(ulong value)
    {
        if (TryTake(Uvarint.Length(value), out Span<byte> place))
        {
            Uvarint.Write(place, value);
        }
    }

    /// <summary>Writes a signed value zigzag-encoded.</summary>
    public void WriteVarint(long value) => WriteUvarint(Uvarint.ZigZag(value));

    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        if (TryTake(bytes.Length, out Span<byte> place))
        {
            bytes.CopyTo(place);
        }
    }

    public void WriteLengthPrefixed(scoped ReadOnlySpan<byte> bytes)
    {
        WriteUvarint((ulong)bytes.Length);
        WriteBytes(bytes);
    }

    private bool TryTake(int count, out Span<byte> place)
    {
        if (Overflowed || count > _target.Length - Length)
        {
            Overflowed = true;
            place = default;
            return false;
        }

        place = _target.Slice(Length, count);
        Length += count;
        return true;
    }
}
