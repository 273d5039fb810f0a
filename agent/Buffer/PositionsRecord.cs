using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

// FORMAT.md, "Delivery positions".
//
//   +---------+------------+----------+---------------+  then per set:  +---------------+  then per shard:
//   | magic 8 | sequence 8 | length 4 | sets, uvarint |                 | shards uvarint|  +---------+--------+---------+
//   +---------+------------+----------+---------------+                 +---------------+  | segment | record | ordinal |  uvarints
//                                                                                          +---------+--------+---------+
//   … and at the end CRC32C 4 of everything before it; length: from the sets up to there

/// <summary>Writes and reads the positions of one destination.</summary>
internal static class PositionsRecord
{
    private const int MaxSets = 64;
    private const int MaxShards = 1 << 16;
    private const int MagicLength = 8;
    private const int HeadLength = MagicLength + sizeof(ulong) + sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "AMPEPOS\x02"u8;

    /// <summary>Of the form before this one: the whole file, without sequence and length.</summary>
    private static ReadOnlySpan<byte> FirstMagic => "AMPEPOS\x01"u8;

    /// <summary>Appends the record.</summary>
    public static void Write(ByteBuffer target, ulong sequence, IReadOnlyList<ShardPositions> sets)
    {
        int start = target.Length;
        target.Append(Magic);
        target.AppendUInt64LittleEndian(sequence);
        target.AppendUInt32LittleEndian(0);
        target.AppendUvarint((ulong)sets.Count);
        foreach (ShardPositions set in sets)
        {
            target.AppendUvarint((ulong)set.Positions.Length);
            foreach (SamplePosition position in set.Positions)
            {
                target.AppendUvarint((ulong)position.Segment);
                target.AppendUvarint((ulong)position.RecordOffset);
                target.AppendUvarint((ulong)position.Ordinal);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            target.Patch(start + HeadLength - sizeof(uint), sizeof(uint)), (uint)(target.Length - start - HeadLength));
        target.AppendUInt32LittleEndian(Crc32C.Compute(target.Written[start..]));
    }

    /// <summary>Reads a record from the beginning of some bytes; false when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, out ulong sequence, out List<ShardPositions> sets)
    {
        sets = [];
        SpanReader reader = new(content);
        bool isOurs = reader.ReadBytes(MagicLength).SequenceEqual(Magic);
        sequence = reader.ReadUInt64LittleEndian();
        uint length = reader.ReadUInt32LittleEndian();
        return isOurs && !reader.Truncated && (uint)reader.Rest.Length >= (ulong)length + sizeof(uint)
            && TryRead(content[..(HeadLength + (int)length + sizeof(uint))], HeadLength, sets);
    }

    /// <summary>Reads a file as it was written before records had a sequence.</summary>
    public static bool TryReadFirstForm(ReadOnlySpan<byte> content, out List<ShardPositions> sets)
    {
        sets = [];
        return content.Length >= MagicLength + sizeof(uint) && content.StartsWith(FirstMagic) && TryRead(content, MagicLength, sets);
    }

    private static bool TryRead(ReadOnlySpan<byte> record, int headLength, List<ShardPositions> sets)
    {
        SpanReader checksum = new(record[^sizeof(uint)..]);
        if (checksum.ReadUInt32LittleEndian() != Crc32C.Compute(record[..^sizeof(uint)]))
        {
            return false;
        }

        SpanReader reader = new(record[headLength..^sizeof(uint)]);
        int setCount = reader.ReadUvarintInt32();
        if (setCount is 0 or > MaxSets)
        {
            return false;
        }

        for (int set = 0; set < setCount && !reader.Truncated; set++)
        {
            int shards = reader.ReadUvarintInt32();
            if (shards is 0 or > MaxShards)
            {
                return false;
            }

            sets.Add(ReadSet(ref reader, shards));
        }

        return !reader.Truncated && reader.AtEnd;
    }

    private static ShardPositions ReadSet(ref SpanReader reader, int shards)
    {
        SamplePosition[] positions = new SamplePosition[shards];
        for (int shard = 0; shard < shards; shard++)
        {
            positions[shard] = new SamplePosition(
                reader.ReadUvarintInt32(), (long)reader.ReadUvarint(), reader.ReadUvarintInt32());
        }

        return new ShardPositions(positions);
    }
}
