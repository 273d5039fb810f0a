using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;

namespace AmpEdge.Tsdb;

/// <summary>Writes big-endian bit strings into a block, most significant bit first.</summary>
internal static class ChunkBits
{
    /// <summary>No window of significant bits has been written yet.</summary>
    public const byte NoWindow = 0xFF;

    /// <summary>A store of 64 bits at any bit position touches this many bytes.</summary>
    private const int FastStoreBytes = 9;

    /// <summary>
    /// Writes the low <paramref name="count"/> bits (1 to 64) of <paramref name="value"/>, whose other bits are zero,
    /// and moves the position on. Bits before the position keep their values in every intermediate state, so a reader
    /// of them may run beside the writer. Bytes after the last written bit may be overwritten.
    /// </summary>
    public static void Write(Span<byte> block, ref int bitPosition, ulong value, int count)
    {
        Debug.Assert(count is >= 1 and <= 64, "a bit string has 1 to 64 bits");
        Debug.Assert(count == 64 || value >> count == 0, "only the low bits may be set");
        int index = bitPosition >> 3;
        int used = bitPosition & 7;
        ulong aligned = value << (64 - count);
        if (block.Length - index >= FastStoreBytes)
        {
            ulong kept = used == 0 ? 0 : (ulong)(block[index] & (0xFF00 >> used)) << 56;
            BinaryPrimitives.WriteUInt64BigEndian(block[index..], kept | (aligned >> used));
            if (used + count > 64)
            {
                block[index + 8] = (byte)((aligned << (64 - used)) >> 56);
            }
        }
        else
        {
            WriteBytewise(block[index..], used, aligned, count);
        }

        bitPosition += count;
    }

    /// <summary>The format's ranges lie one above those of two's complement: -(2^(n-1) - 1) to 2^(n-1).</summary>
    public static bool Fits(long value, int bits) =>
        value >= -((1L << (bits - 1)) - 1) && value <= 1L << (bits - 1);

    /// <summary>Writes a float as its difference to the one before it (FORMAT.md, "XOR chunk").</summary>
    /// <param name="block">Has ten bytes left.</param>
    /// <param name="bitPosition">Where to write; moved on.</param>
    /// <param name="xor">The bits in which the two differ.</param>
    /// <param name="leading">Leading zeros of the window of significant bits; <see cref="NoWindow"/> before the first.</param>
    /// <param name="trailing">Trailing zeros of that window.</param>
    public static void WriteXor(Span<byte> block, ref int bitPosition, ulong xor, ref byte leading, ref byte trailing)
    {
        if (xor == 0)
        {
            Write(block, ref bitPosition, 0b0, 1);
            return;
        }

        int leadingZeros = Math.Min(BitOperations.LeadingZeroCount(xor), 31);
        int trailingZeros = BitOperations.TrailingZeroCount(xor);
        if (leading != NoWindow && leadingZeros >= leading && trailingZeros >= trailing)
        {
            Write(block, ref bitPosition, 0b10, 2);
            Write(block, ref bitPosition, xor >> trailing, 64 - leading - trailing);
            return;
        }

        // Six bits cannot hold 64; an empty window does not occur, so 0 stands for 64.
        int significant = 64 - leadingZeros - trailingZeros;
        leading = (byte)leadingZeros;
        trailing = (byte)trailingZeros;
        ulong window = (0b11UL << 11) | ((ulong)leadingZeros << 6) | ((ulong)significant & 0x3F);
        Write(block, ref bitPosition, window, 13);
        Write(block, ref bitPosition, xor >> trailingZeros, significant);
    }

    /// <summary>The same near the end of a block, where 64 bits cannot be stored at once.</summary>
    private static void WriteBytewise(Span<byte> target, int used, ulong aligned, int count)
    {
        for (int index = 0; count > 0; index++)
        {
            int kept = used == 0 ? 0 : target[index] & (0xFF00 >> used);
            target[index] = (byte)(kept | (int)(aligned >> 56 >> used));
            int taken = 8 - used;
            aligned <<= taken;
            count -= taken;
            used = 0;
        }
    }
}
