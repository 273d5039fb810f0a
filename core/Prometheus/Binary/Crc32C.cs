using System.Buffers.Binary;
using System.Numerics;

namespace AmpEdge.Prometheus;

/// <summary>CRC-32 with the Castagnoli polynomial, as WAL records and TSDB files carry it; one instruction per 8 bytes.</summary>
public static class Crc32C
{
    /// <summary>The checksum of <paramref name="bytes"/>; of none it is 0.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>Extends the checksum of what came before by <paramref name="bytes"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
