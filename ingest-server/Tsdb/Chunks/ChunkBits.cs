using System.Buffers.Binary;
using System.Diagnostics;

namespace AmpEdge.Tsdb;

/// <summary>Writes big-endian bit strings into a block, most significant bit first.</summary>
internal static class ChunkBits
{
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
