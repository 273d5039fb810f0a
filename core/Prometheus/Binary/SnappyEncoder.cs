using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AmpEdge.Prometheus;

/// <summary>Writes the elements that <see cref="SnappyDecoder"/> draws.</summary>
/// <remarks>
/// The source is cut into blocks of 64 KiB, so that a position fits 16 bits and the table of positions stays in the
/// first-level cache. Within a block each four bytes are looked up by hash; runs without a match are stepped over faster
/// and faster, so that bytes that cannot be compressed cost little.
/// References instead of span indexing, because this is on the path of every sample; SnappyBenchmarks.Encode has the figures.
/// </remarks>
internal static class SnappyEncoder
{
    private const int BlockLength = 1 << 16;
    private const int MaxTableBits = 14;
    private const int MinTableBits = 8;

    /// <summary>How near the end of a block no match is begun any more, so that whole words may be read.</summary>
    private const int Margin = 15;

    private const int MaxCopyLength = 64;
    private const uint HashMultiplier = 0x1E35A7BD;

    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int written = Uvarint.Write(target, (ulong)source.Length);
        Span<ushort> table = stackalloc ushort[1 << MaxTableBits];
        while (!source.IsEmpty)
        {
            ReadOnlySpan<byte> block = source[..Math.Min(source.Length, BlockLength)];
            source = source[block.Length..];
            written += EncodeBlock(block, target[written..], table);
        }

        return written;
    }

    private static int EncodeBlock(ReadOnlySpan<byte> block, Span<byte> target, Span<ushort> table)
    {
        ref byte output = ref MemoryMarshal.GetReference(target);
        ref byte source = ref MemoryMarshal.GetReference(block);
        if (block.Length <= Margin)
        {
            return (int)EmitLongLiteral(ref output, 0, ref source, (nuint)block.Length);
        }

        int tableBits = Math.Clamp(BitOperations.Log2((uint)block.Length) + 1, MinTableBits, MaxTableBits);
        Span<ushort> used = table[..(1 << tableBits)];
        used.Clear();
        ref ushort positions = ref MemoryMarshal.GetReference(used);
        int shift = 32 - tableBits;

        nuint length = (nuint)block.Length;
        nuint limit = length - Margin;
        nuint written = 0;
        nuint literalStart = 0;
        nuint at = 1;
        while (TryFindMatch(ref source, ref positions, shift, limit, ref at, out nuint candidate))
        {
            written = EmitLiteral(ref output, written, ref Unsafe.Add(ref source, literalStart), at - literalStart);

            // One literal may be followed by several copies back to back.
            do
            {
                nuint matched = 4 + MatchLength(ref source, candidate + 4, at + 4, length);
                written = EmitCopies(ref output, written, at - candidate, matched);
                at += matched;
                literalStart = at;
                if (at >= limit)
                {
                    break;
                }

                uint before = Load32(ref source, at - 1);
                Unsafe.Add(ref positions, Hash(before, shift)) = (ushort)(at - 1);
                uint here = Load32(ref source, at);
                ref ushort slot = ref Unsafe.Add(ref positions, Hash(here, shift));
                candidate = slot;
                slot = (ushort)at;
                if (Load32(ref source, candidate) != here)
                {
                    at++;
                    break;
                }
            }
            while (true);

            if (literalStart >= limit)
            {
                break;
            }
        }

        return literalStart < length
            ? (int)EmitLongLiteral(ref output, written, ref Unsafe.Add(ref source, literalStart), length - literalStart)
            : (int)written;
    }

    /// <summary>Moves <paramref name="at"/> to the next position whose four bytes stood earlier in the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFindMatch(
        ref byte source, ref ushort positions, int shift, nuint limit, ref nuint at, out nuint candidate)
    {
        nuint skip = 32;
        nuint position = at;
        while (position < limit)
        {
            uint here = Load32(ref source, position);
            ref ushort slot = ref Unsafe.Add(ref positions, Hash(here, shift));
            candidate = slot;
            slot = (ushort)position;
            if (Load32(ref source, candidate) == here)
            {
                at = position;
                return true;
            }

            position += skip >> 5;
            skip++;
        }

        candidate = 0;
        return false;
    }

    /// <summary>How many bytes from <paramref name="right"/> on equal those from <paramref name="left"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint MatchLength(ref byte source, nuint left, nuint right, nuint length)
    {
        nuint start = right;
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
    private static nuint EmitLiteral(ref byte output, nuint written, ref byte literal, nuint length)
    {
        nuint last = length - 1;
        if (last < 16)
        {
            // The target always has this room: MaxEncodedLength adds a reserve of 32 bytes.
            Unsafe.Add(ref output, written) = (byte)(last << 2);
            Vector128.LoadUnsafe(ref literal).StoreUnsafe(ref Unsafe.Add(ref output, written + 1));
            return written + 1 + length;
        }

        return EmitLongLiteral(ref output, written, ref literal, length);
    }

    private static nuint EmitLongLiteral(ref byte output, nuint written, ref byte literal, nuint length)
    {
        nuint last = length - 1;
        if (last < 60)
        {
            Unsafe.Add(ref output, written++) = (byte)(last << 2);
        }
        else
        {
            // A block is 64 KiB at most, so one or two bytes hold the length.
            bool oneByte = last < 256;
            Unsafe.Add(ref output, written++) = (byte)((oneByte ? 60 : 61) << 2);
            Unsafe.Add(ref output, written++) = (byte)last;
            if (!oneByte)
            {
                Unsafe.Add(ref output, written++) = (byte)(last >> 8);
            }
        }

        MemoryMarshal.CreateReadOnlySpan(ref literal, (int)length)
            .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref output, written), (int)length));
        return written + length;
    }

    /// <summary>A match as copies of 64 bytes and less; none is shorter than four, which the short form needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint EmitCopies(ref byte output, nuint written, nuint offset, nuint length)
    {
        while (length >= MaxCopyLength + 4)
        {
            written = EmitCopy(ref output, written, offset, MaxCopyLength);
            length -= MaxCopyLength;
        }

        if (length > MaxCopyLength)
        {
            written = EmitCopy(ref output, written, offset, 60);
            length -= 60;
        }

        return EmitCopy(ref output, written, offset, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint EmitCopy(ref byte output, nuint written, nuint offset, nuint length)
    {
        if (length < 12 && offset < 2048)
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
    private static uint Load32(ref byte source, nuint at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Hash(uint bytes, int shift) => (bytes * HashMultiplier) >> shift;
}
