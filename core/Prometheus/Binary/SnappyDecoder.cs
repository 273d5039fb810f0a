using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AmpEdge.Prometheus;

/// <summary>Undoes <see cref="SnappyEncoder"/>; every length and offset of the input is checked before it is used.</summary>
/// <remarks>
/// An element starts with a tag byte whose low two bits say what it is:
/// <code>
///   00 literal    length-1 in the high six bits; 60 to 63 mean that it follows in 1 to 4 bytes, little-endian
///   01 copy       length-4 in three bits (4 to 11), offset of 11 bits: three in the tag, eight in the next byte
///   10 copy       length-1 in six bits, offset of 16 bits, little-endian
///   11 copy       length-1 in six bits, offset of 32 bits, little-endian
/// </code>
/// References instead of span indexing, because this is on the path of every sample; SnappyBenchmarks.Decode has the figures.
/// </remarks>
internal static class SnappyDecoder
{
    /// <summary>A copy of three bytes makes at most 64: no body decodes to more than this many times its length.</summary>
    public const uint MaxBytesPerInputByte = 22;

    private const int MaxPreambleBytes = 5;
    private const int Chunk = 16;
    private const int MaxCopyLength = 64;

    public static bool TryReadPreamble(ReadOnlySpan<byte> encoded, out uint length, out int preambleLength)
    {
        bool read = Uvarint.TryRead(encoded, out ulong value, out preambleLength)
            && preambleLength <= MaxPreambleBytes && value <= uint.MaxValue;
        length = read ? (uint)value : 0;
        return read;
    }

    /// <summary>Decodes the elements; true only when they fill the target exactly.</summary>
    public static bool TryDecodeBody(ReadOnlySpan<byte> body, Span<byte> target)
    {
        ref byte source = ref MemoryMarshal.GetReference(body);
        ref byte output = ref MemoryMarshal.GetReference(target);
        nuint sourceLength = (nuint)body.Length;
        nuint targetLength = (nuint)target.Length;
        nuint at = 0;
        nuint produced = 0;

        while (at < sourceLength)
        {
            byte tag = Unsafe.Add(ref source, at++);
            nuint length = (nuint)(tag >> 2) + 1;
            nuint offset;
            switch (tag & 3)
            {
                case 0:
                    if (length <= Chunk && sourceLength - at >= Chunk && targetLength - produced >= Chunk)
                    {
                        CopyChunk(ref Unsafe.Add(ref source, at), ref Unsafe.Add(ref output, produced));
                    }
                    else if (!TryReadLiteralLength(body, ref at, ref length)
                        || length > sourceLength - at || length > targetLength - produced)
                    {
                        return false;
                    }
                    else
                    {
                        body.Slice((int)at, (int)length).CopyTo(target[(int)produced..]);
                    }

                    at += length;
                    produced += length;
                    continue;
                case 1:
                    if (at >= sourceLength)
                    {
                        return false;
                    }

                    length = (nuint)((tag >> 2) & 7) + 4;
                    offset = (nuint)((tag >> 5) << 8) | Unsafe.Add(ref source, at);
                    at += 1;
                    break;
                case 2:
                    if (sourceLength - at < sizeof(ushort))
                    {
                        return false;
                    }

                    offset = ReadUInt16(ref Unsafe.Add(ref source, at));
                    at += sizeof(ushort);
                    break;
                default:
                    if (sourceLength - at < sizeof(uint))
                    {
                        return false;
                    }

                    offset = ReadUInt32(ref Unsafe.Add(ref source, at));
                    at += sizeof(uint);
                    break;
            }

            if (offset - 1 >= produced || length > targetLength - produced)
            {
                return false;
            }

            CopyBack(ref Unsafe.Add(ref output, produced), offset, length, targetLength - produced);
            produced += length;
        }

        return produced == targetLength;
    }

    /// <summary>Replaces a length of 61 to 64 by the one that follows in 1 to 4 bytes; false when those are missing.</summary>
    private static bool TryReadLiteralLength(ReadOnlySpan<byte> body, ref nuint at, ref nuint length)
    {
        const int longest = 60;
        if (length <= longest)
        {
            return true;
        }

        int lengthBytes = (int)length - longest;
        if (body.Length - (int)at < lengthBytes)
        {
            return false;
        }

        nuint value = 0;
        for (int index = 0; index < lengthBytes; index++)
        {
            value |= (nuint)body[(int)at + index] << (8 * index);
        }

        at += (nuint)lengthBytes;
        length = value + 1;
        return true;
    }

    /// <summary>
    /// Repeats what stands <paramref name="offset"/> bytes before the output. The source may overlap what is being
    /// written: then the pattern repeats. <paramref name="room"/> is what may be written, garbage after the copy included.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyBack(ref byte output, nuint offset, nuint length, nuint room)
    {
        ref byte from = ref Unsafe.Subtract(ref output, offset);
        if (offset < Chunk || room < MaxCopyLength)
        {
            CopyBackSlowly(ref output, ref from, offset, length, room);
            return;
        }

        CopyChunk(ref from, ref output);
        if (length > Chunk)
        {
            CopyChunk(ref Unsafe.Add(ref from, Chunk), ref Unsafe.Add(ref output, Chunk));
            if (length > 2 * Chunk)
            {
                CopyChunk(ref Unsafe.Add(ref from, 2 * Chunk), ref Unsafe.Add(ref output, 2 * Chunk));
                CopyChunk(ref Unsafe.Add(ref from, 3 * Chunk), ref Unsafe.Add(ref output, 3 * Chunk));
            }
        }
    }

    private static void CopyBackSlowly(ref byte output, ref byte from, nuint offset, nuint length, nuint room)
    {
        nuint done = 0;
        if (room >= MaxCopyLength + sizeof(ulong))
        {
            // Writing eight bytes of which only the first `offset` are right doubles the pattern each time.
            while (offset < sizeof(ulong) && done < length)
            {
                CopyWord(ref from, ref Unsafe.Add(ref output, done));
                done += offset;
                offset += offset;
            }

            for (; done < length; done += sizeof(ulong))
            {
                CopyWord(ref Unsafe.Add(ref Unsafe.Add(ref output, done), -(nint)offset), ref Unsafe.Add(ref output, done));
            }

            return;
        }

        for (; done < length; done++)
        {
            Unsafe.Add(ref output, done) = Unsafe.Add(ref from, done);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyChunk(ref byte from, ref byte to) =>
        Vector128.LoadUnsafe(ref from).StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyWord(ref byte from, ref byte to) =>
        Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<ulong>(ref from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint ReadUInt16(ref byte at) =>
        BitConverter.IsLittleEndian
            ? Unsafe.ReadUnaligned<ushort>(ref at)
            : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ref at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint ReadUInt32(ref byte at) =>
        BitConverter.IsLittleEndian
            ? Unsafe.ReadUnaligned<uint>(ref at)
            : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref at));
}
