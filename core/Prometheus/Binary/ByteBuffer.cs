using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace AmpEdge.Prometheus;

/// <summary>
/// A growing array of bytes that encoders append to. <see cref="Clear"/> keeps the array, so a buffer that is reused
/// stops allocating once it has seen its largest content. Not thread-safe.
/// </summary>
public sealed class ByteBuffer(int capacity = 256) : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[capacity];

    /// <summary>How many bytes were appended.</summary>
    public int Length { get; private set; }

    public int Capacity => _bytes.Length;

    /// <summary>What was appended; valid until the next append.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>As <see cref="Written"/>, for asynchronous writes; valid until the next append.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes back everything after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
    }

    /// <summary>Already appended bytes, to be overwritten in place (a length that became known later).</summary>
    public Span<byte> Patch(int offset, int count) => _bytes.AsSpan(0, Length).Slice(offset, count);

    public void Append(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void AppendUInt32BigEndian(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Reserve(sizeof(uint)), value);
        Length += sizeof(uint);
    }

    public void AppendUInt32LittleEndian(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), value);
        Length += sizeof(uint);
    }

    public void AppendUInt64BigEndian(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);
        Length += sizeof(ulong);
    }

    public void AppendUInt64LittleEndian(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);
        Length += sizeof(ulong);
    }

    public void AppendDoubleLittleEndian(double value) =>
        AppendUInt64LittleEndian(BitConverter.DoubleToUInt64Bits(value));

    public void AppendUvarint(ulong value) => Length += Uvarint.Write(Reserve(Uvarint.MaxLength), value);

    /// <summary>Appends a signed value zigzag-encoded.</summary>
    public void AppendVarint(long value) => AppendUvarint(Uvarint.ZigZag(value));

    /// <summary>Appends a uvarint length and the bytes.</summary>
    public void AppendLengthPrefixed(scoped ReadOnlySpan<byte> bytes)
    {
        AppendUvarint((ulong)bytes.Length);
        Append(bytes);
    }

    /// <summary>
    /// Room for <paramref name="count"/> bytes or more after what was appended; <see cref="Advance"/> says how many were used.
    /// </summary>
    public Span<byte> Reserve(int count)
    {
        if (count > _bytes.Length - Length)
        {
            Grow(count);
        }

        return _bytes.AsSpan(Length);
    }

    public void Advance(int count)
    {
        Debug.Assert((uint)count <= (uint)(_bytes.Length - Length), "more was used than was reserved");
        Length += count;
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Reserve(Math.Max(sizeHint, 1));

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    private void Grow(int count) =>
        Array.Resize(ref _bytes, checked((int)Math.Min(
            Math.Max((long)_bytes.Length * 2, (long)Length + count), Math.Max(Array.MaxLength, (long)Length + count))));
}
