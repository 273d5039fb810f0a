using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        if (block.Length <= SnappyElements.Margin)
        {
            return (int)SnappyElements.WriteLongLiteral(ref output, 0, ref source, (nuint)block.Length);
        }

        int tableBits = Math.Clamp(BitOperations.Log2((uint)block.Length) + 1, MinTableBits, MaxTableBits);
        Span<ushort> used = table[..(1 << tableBits)];
        used.Clear();
        ref ushort positions = ref MemoryMarshal.GetReference(used);
        int shift = 32 - tableBits;

        nuint length = (nuint)block.Length;
        nuint limit = length - SnappyElements.Margin;
        nuint written = 0;
        nuint literalStart = 0;
        nuint at = 1;
        while (TryFindMatch(ref source, ref positions, shift, limit, ref at, out nuint candidate))
        {
            written = SnappyElements.WriteLiteral(ref output, written, ref Unsafe.Add(ref source, literalStart), at - literalStart);

            // One literal may be followed by several copies back to back.
            do
            {
                nuint matched = 4 + SnappyElements.MatchLength(ref source, candidate + 4, at + 4, length);
                written = SnappyElements.WriteCopies(ref output, written, at - candidate, matched);
                at += matched;
                literalStart = at;
                if (at >= limit)
                {
                    break;
                }

                uint before = SnappyElements.Load32(ref source, at - 1);
                Unsafe.Add(ref positions, Hash(before, shift)) = (ushort)(at - 1);
                uint here = SnappyElements.Load32(ref source, at);
                ref ushort slot = ref Unsafe.Add(ref positions, Hash(here, shift));
                candidate = slot;
                slot = (ushort)at;
                if (SnappyElements.Load32(ref source, candidate) != here)
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
            ? (int)SnappyElements.WriteLongLiteral(ref output, written, ref Unsafe.Add(ref source, literalStart), length - literalStart)
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
            uint here = SnappyElements.Load32(ref source, position);
            ref ushort slot = ref Unsafe.Add(ref positions, Hash(here, shift));
            candidate = slot;
            slot = (ushort)position;
            if (SnappyElements.Load32(ref source, candidate) == here)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Hash(uint bytes, int shift) => (bytes * HashMultiplier) >> shift;
}
