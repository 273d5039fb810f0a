using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

// FORMAT.md, "Delivery positions".
//
//   +---------+---------------+  then per set:  +---------------+  then per shard:
//   | magic 8 | sets, uvarint |                 | shards uvarint|  +---------+--------+---------+
//   +---------+---------------+                 +---------------+  | segment | record | ordinal |  uvarints
//                                                                  +---------+--------+---------+
//   … and at the end of the file CRC32C 4 of everything before it, little-endian

/// <summary>
/// The file that remembers how far one destination got, replaced whole after each acknowledged batch. More than one set of
/// positions stands in it when the number of shards changed before everything older was delivered: a sample is done when any
/// set covers it.
/// </summary>
internal sealed class DeliveryPositions(IFileSystem files, string path)
{
    private const string Extension = ".pos";
    private const int MaxFileBytes = 16 << 20;
    private const int MaxSets = 64;
    private const int MaxShards = 1 << 16;

    private readonly IFileSystem _files = files;
    private readonly ByteBuffer _content = new();

    public string Path { get; } = path;

    private static ReadOnlySpan<byte> Magic => "AMPEPOS\x01"u8;

    /// <summary>The file of a destination; its name may hold any character, so the file is named by its hash.</summary>
    public static DeliveryPositions For(IFileSystem files, string folder, string destination) =>
        new(files, System.IO.Path.Combine(
            folder,
            XxHash64.Hash(Encoding.UTF8.GetBytes(destination)).ToString("x16", CultureInfo.InvariantCulture) + Extension));

    /// <summary>The highest segment that any position in the folder names; new segments must be beyond it.</summary>
    public static SegmentIndex HighestSegment(IFileSystem files, string folder)
    {
        int highest = 0;
        foreach (DeliveryPositions file in InFolder(files, folder))
        {
            if (file.TryLoad(out List<ShardPositions> sets, out _))
            {
                foreach (ShardPositions set in sets)
                {
                    highest = Math.Max(highest, set.Max.Segment);
                }
            }
        }

        return new SegmentIndex(highest);
    }

    /// <summary>What each file's destination still needs, by path; everything, where the file cannot be read.</summary>
    public static Dictionary<string, SamplePosition> NeededByFile(IFileSystem files, string folder)
    {
        Dictionary<string, SamplePosition> needed = [];
        foreach (DeliveryPositions file in InFolder(files, folder))
        {
            needed[file.Path] = file.TryLoad(out List<ShardPositions> sets, out _) ? sets[^1].Min : default;
        }

        return needed;
    }

    /// <summary>
    /// Reads the file. False when there is none (then <paramref name="problem"/> is null) or when it cannot be read.
    /// </summary>
    public bool TryLoad(out List<ShardPositions> sets, out string? problem)
    {
        sets = [];
        problem = null;
        byte[]? content;
        try
        {
            content = AtomicFile.TryRead(_files, Path, MaxFileBytes);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            problem = failure.Message;
            return false;
        }

        if (content is null)
        {
            return false;
        }

        if (TryDecode(content, sets))
        {
            return true;
        }

        sets.Clear();
        problem = $"its {content.Length} bytes are not a position file";
        return false;
    }

    /// <summary>
    /// Replaces the file by renaming. It then survives the process; with <paramref name="sync"/> also a power cut, without
    /// it one may bring back older positions, and with them batches that are sent again.
    /// </summary>
    public void Save(IReadOnlyList<ShardPositions> sets, bool sync)
    {
        _content.Clear();
        Encode(sets, _content);
        AtomicFile.Write(_files, Path, _content.Written, sync);
    }

    private static List<DeliveryPositions> InFolder(IFileSystem files, string folder)
    {
        List<DeliveryPositions> found = [];
        foreach (string name in files.List(folder))
        {
            if (name.EndsWith(Extension, StringComparison.Ordinal))
            {
                found.Add(new DeliveryPositions(files, System.IO.Path.Combine(folder, name)));
            }
        }

        return found;
    }

    private static void Encode(IReadOnlyList<ShardPositions> sets, ByteBuffer target)
    {
        target.Append(Magic);
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

        target.AppendUInt32LittleEndian(Crc32C.Compute(target.Written));
    }

    private static bool TryDecode(ReadOnlySpan<byte> content, List<ShardPositions> sets)
    {
        if (content.Length < Magic.Length + sizeof(uint) || !content.StartsWith(Magic))
        {
            return false;
        }

        SpanReader checksum = new(content[^sizeof(uint)..]);
        if (checksum.ReadUInt32LittleEndian() != Crc32C.Compute(content[..^sizeof(uint)]))
        {
            return false;
        }

        SpanReader reader = new(content[Magic.Length..^sizeof(uint)]);
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
