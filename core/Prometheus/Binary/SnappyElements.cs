using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AmpEdge.Prometheus;

/// <summary>Writes single elements, literals and copies, as <see cref="SnappyDecoder"/> draws them; what encoders share.</summary>
internal static class SnappyElements
{
    /// <summary>The shortest match that is worth a copy.</summary>
    public const int MinMatch = 4;

    /// <summary>The most that one copy makes.</summary>
    public const int MaxCopyLength = 64;

    /// <summary>The longest way back that fits the offset of two bytes.</summary>
    public const int MaxOffset = ushort.MaxValue;

    /// <summary>How near the end no match is begun any more, so that whole words and literals of 16 bytes may be read.</summary>
    public const int Margin = 15;

    /// <summary>A match shorter than this and nearer than <see cref="NearOffset"/> takes two bytes instead of three.</summary>
    public const int ShortCopyEnd = 12;
    public const int NearOffset = 2048;

    /// <summary>How many bytes from <paramref name="right"/> on equal those from <paramref name="left"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint MatchLength(ref byte source, nuint left, nuint right, nuint length)
    {
        nuint start = right;
        while (length - right >= (nuint)Vector256<byte>.Count
            && Vector256.LoadUnsafe(ref source, left) == Vector256.LoadUnsafe(ref source, right))
        {
            left += (nuint)Vector256<byte>.Count;
            right += (nuint)Vector256<byte>.Count;
        }

        while (length - right >= sizeof(ulong))
        {
            ulong difference = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, left))
                ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, right));
            if (difference != 0)
            {
                int equalBits = BitConverter.IsLittleEndian
                    ? BitOperations.TrailingZeroCount(difference)
                    : BitOperations.LeadingZeroCount(difference);
                return right - start + (nuint)(equalBits >> 3);
            }

            left += sizeof(ulong);
            right += sizeof(ulong);
        }

        while (right < length && Unsafe.Add(ref source, left) == Unsafe.Add(ref source, right))
        {
            left++;
            right++;
        }

        return right - start;
    }

    /// <summary>A literal in front of a match, which begins before the margin: 16 bytes may be read whatever its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint WriteLiteral(ref byte output, nuint written, ref byte literal, nuint length)
    {
        nuint last = length - 1;
        if (last < 16)
        {
            // The target always has this room: MaxEncodedLength adds a reserve of 32 bytes.
            Unsafe.Add(ref output, written) = (byte)(last << 2);
            Vector128.LoadUnsafe(ref literal).StoreUnsafe(ref Unsafe.Add(ref output, written + 1));
            return written + 1 + length;
        }

        return WriteLongLiteral(ref output, written, ref literal, length);
    }

    public static nuint WriteLongLiteral(ref byte output, nuint written, ref byte literal, nuint length)
    {
        nuint last = length - 1;
        if (last < 60)
        {
            Unsafe.Add(ref output, written++) = (byte)(last << 2);
        }
        else
        {
            int lengthBytes = (BitOperations.Log2((uint)last) >> 3) + 1;
            Unsafe.Add(ref output, written++) = (byte)((59 + lengthBytes) << 2);
            for (int index = 0; index < lengthBytes; index++)
            {
                Unsafe.Add(ref output, written++) = (byte)(last >> (8 * index));
            }
        }

        MemoryMarshal.CreateReadOnlySpan(ref literal, (int)length)
            .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref output, written), (int)length));
        return written + length;
    }

    /// <summary>A match as copies of 64 bytes and less; none is shorter than four, which the short form needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint WriteCopies(ref byte output, nuint written, nuint offset, nuint length)
    {
        while (length >= MaxCopyLength + 4)
        {
            written = WriteCopy(ref output, written, offset, MaxCopyLength);
            length -= MaxCopyLength;
        }

        if (length > MaxCopyLength)
        {
            written = WriteCopy(ref output, written, offset, 60);
            length -= 60;
        }

        return WriteCopy(ref output, written, offset, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint WriteCopy(ref byte output, nuint written, nuint offset, nuint length)
    {
        if (length < ShortCopyEnd && offset < NearOffset)
        {
            Unsafe.Add(ref output, written) = (byte)(1 | ((length - 4) << 2) | ((offset >> 8) << 5));
            Unsafe.Add(ref output, written + 1) = (byte)offset;
            return written + 2;
        }

        Unsafe.Add(ref output, written) = (byte)(2 | ((length - 1) << 2));
        Unsafe.Add(ref output, written + 1) = (byte)offset;
        Unsafe.Add(ref output, written + 2) = (byte)(offset >> 8);
        return written + 3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Load32(ref byte source, nuint at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, at));
}
