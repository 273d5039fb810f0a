using System.Buffers.Binary;
using System.Numerics;

namespace AmpEdge.Prometheus;

/// <summary>
/// The 64-bit xxHash of a byte span (xxHash specification 0.1.1, section "XXH64"): the hash of label blobs and of raw
/// series text. Fast, well spread, not keyed; every use compares the bytes after a hash hit.
/// </summary>
public static class XxHash64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    private const int StripeBytes = 32;

    /// <summary>Hashes the whole span with the given seed.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        ulong hash = bytes.Length >= StripeBytes ? HashStripes(bytes, seed) : seed + Prime5;
        hash += (ulong)bytes.Length;
        return Finish(hash, bytes[(bytes.Length & ~(StripeBytes - 1))..]);
    }

    private static ulong HashStripes(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong lane1 = seed + Prime1 + Prime2;
        ulong lane2 = seed + Prime2;
        ulong lane3 = seed;
        ulong lane4 = seed - Prime1;
        for (; bytes.Length >= StripeBytes; bytes = bytes[StripeBytes..])
        {
            lane1 = Round(lane1, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            lane2 = Round(lane2, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            lane3 = Round(lane3, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            lane4 = Round(lane4, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
        }

        ulong hash = BitOperations.RotateLeft(lane1, 1)
            + BitOperations.RotateLeft(lane2, 7)
            + BitOperations.RotateLeft(lane3, 12)
            + BitOperations.RotateLeft(lane4, 18);
        hash = Merge(hash, lane1);
        hash = Merge(hash, lane2);
        hash = Merge(hash, lane3);
        return Merge(hash, lane4);
    }

    private static ulong Finish(ulong hash, ReadOnlySpan<byte> tail)
    {
        for (; tail.Length >= 8; tail = tail[8..])
        {
            hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(tail));
            hash = (BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4;
        }

        if (tail.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(tail) * Prime1;
            hash = (BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3;
            tail = tail[4..];
        }

        foreach (byte last in tail)
        {
            hash ^= last * Prime5;
            hash = BitOperations.RotateLeft(hash, 11) * Prime1;
        }

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong lane, ulong input) =>
        BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;
}
