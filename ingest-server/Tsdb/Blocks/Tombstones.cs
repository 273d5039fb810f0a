using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

// The file of deleted intervals. FORMAT.md, "tombstones".
//
//   +---------+-----------+--------------------------+----------------+----------------+-----+--------------------+
//   | magic 4 | version 1 | series reference uvarint | minTime varint | maxTime varint | ... | CRC32C of the rest |
//   +---------+-----------+--------------------------+----------------+----------------+-----+--------------------+
//                         |<----------------------- what the checksum covers ------------->|

/// <summary>Which times of which series are deleted though their samples are still in the chunks. Immutable.</summary>
public sealed class Tombstones
{
    private readonly SortedDictionary<uint, TimeInterval[]> _intervals;

    private Tombstones(SortedDictionary<uint, TimeInterval[]> intervals) => _intervals = intervals;

    public static Tombstones None { get; } = new([]);

    /// <summary>How many series have one.</summary>
    public int Series => _intervals.Count;

    /// <summary>The series that have one, by their references in the index, rising.</summary>
    public IEnumerable<uint> References => _intervals.Keys;

    /// <summary>How many intervals there are, of all series.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (TimeInterval[] intervals in _intervals.Values)
            {
                count += intervals.Length;
            }

            return count;
        }
    }

    /// <summary>The deleted times of a series, by its reference in the index: rising and apart from each other.</summary>
    public ReadOnlySpan<TimeInterval> Of(uint series) =>
        _intervals.TryGetValue(series, out TimeInterval[]? intervals) ? intervals : default;

    /// <summary>These and one interval more for some series.</summary>
    public Tombstones With(ReadOnlySpan<uint> series, TimeInterval deleted)
    {
        SortedDictionary<uint, TimeInterval[]> intervals = new(_intervals);
        foreach (uint reference in series)
        {
            intervals[reference] = Merge(Of(reference), deleted);
        }

        return new Tombstones(intervals);
    }

    /// <summary>These and, for each of some series, an interval of its own.</summary>
    internal Tombstones With(List<(uint Series, TimeInterval Deleted)> added)
    {
        SortedDictionary<uint, TimeInterval[]> intervals = new(_intervals);
        foreach ((uint series, TimeInterval deleted) in added)
        {
            intervals.TryGetValue(series, out TimeInterval[]? before);
            intervals[series] = Merge(before, deleted);
        }

        return new Tombstones(intervals);
    }

    /// <summary>These without the intervals that end before a time.</summary>
    internal Tombstones From(long minTimeMs)
    {
        if (Series == 0)
        {
            return this;
        }

        SortedDictionary<uint, TimeInterval[]> kept = [];
        foreach ((uint series, TimeInterval[] intervals) in _intervals)
        {
            TimeInterval[] later = Array.FindAll(intervals, interval => interval.MaxTimeMs >= minTimeMs);
            if (later.Length > 0)
            {
                kept.Add(series, later);
            }
        }

        return new Tombstones(kept);
    }

    /// <summary>Replaces the file in a block's folder, which survives a power cut when this returns.</summary>
    /// <exception cref="IOException">The disk failed; the old file is still there.</exception>
    public void Write(IFileSystem files, string folder)
    {
        ByteBuffer content = new();
        content.AppendUInt32BigEndian(BlockFormat.TombstonesMagic);
        content.Append(BlockFormat.TombstonesVersion);
        foreach ((uint series, TimeInterval[] intervals) in _intervals)
        {
            foreach (TimeInterval interval in intervals)
            {
                content.AppendUvarint(series);
                content.AppendVarint(interval.MinTimeMs);
                content.AppendVarint(interval.MaxTimeMs);
            }
        }

        content.AppendUInt32BigEndian(Crc32C.Compute(content.Written[BlockFormat.TombstonesHeaderBytes..]));
        AtomicFile.Write(files, Path.Combine(folder, BlockFormat.TombstonesFile), content.Written);
    }

    /// <summary>Reads the file's content.</summary>
    /// <exception cref="BlockCorruptionException">It is not what the format says.</exception>
    internal static Tombstones Parse(ReadOnlySpan<byte> content, string path)
    {
        if (content.Length < BlockFormat.TombstonesHeaderBytes + BlockFormat.ChecksumBytes)
        {
            throw new BlockCorruptionException(path, 0, $"{content.Length} bytes", "a header and a checksum");
        }

        SpanReader header = new(content);
        uint magic = header.ReadUInt32BigEndian();
        byte version = header.ReadByte();
        if (magic != BlockFormat.TombstonesMagic || version != BlockFormat.TombstonesVersion)
        {
            throw new BlockCorruptionException(path, 0, $"magic {magic:X8} and version {version}", "0130BA30 and version 1");
        }

        ReadOnlySpan<byte> body = content[BlockFormat.TombstonesHeaderBytes..^BlockFormat.ChecksumBytes];
        SpanReader end = new(content[^BlockFormat.ChecksumBytes..]);
        if (end.ReadUInt32BigEndian() != Crc32C.Compute(body))
        {
            throw new BlockCorruptionException(
                path, BlockFormat.TombstonesHeaderBytes, "bytes of another checksum", "those that the checksum was made of");
        }

        return ParseBody(body, path);
    }

    private static Tombstones ParseBody(ReadOnlySpan<byte> body, string path)
    {
        SortedDictionary<uint, TimeInterval[]> intervals = [];
        SpanReader reader = new(body);
        while (!reader.AtEnd)
        {
            int offset = BlockFormat.TombstonesHeaderBytes + reader.Position;
            ulong series = reader.ReadUvarint();
            TimeInterval interval = new(reader.ReadVarint(), reader.ReadVarint());
            if (reader.Truncated || series > uint.MaxValue || interval.MinTimeMs > interval.MaxTimeMs)
            {
                throw new BlockCorruptionException(path, offset, "no interval", "a series and two times in order");
            }

            intervals.TryGetValue((uint)series, out TimeInterval[]? before);
            intervals[(uint)series] = Merge(before, interval);
        }

        return new Tombstones(intervals);
    }

    /// <summary>An interval more; those that overlap it or touch it become one with it.</summary>
    private static TimeInterval[] Merge(ReadOnlySpan<TimeInterval> intervals, TimeInterval added)
    {
        List<TimeInterval> merged = [];
        foreach (TimeInterval interval in intervals)
        {
            if (IsBefore(interval, added))
            {
                merged.Add(interval);
            }
            else if (IsBefore(added, interval))
            {
                merged.Add(added);
                added = interval;
            }
            else
            {
                added = new TimeInterval(
                    Math.Min(interval.MinTimeMs, added.MinTimeMs), Math.Max(interval.MaxTimeMs, added.MaxTimeMs));
            }
        }

        merged.Add(added);
        return [.. merged];
    }

    /// <summary>Ends before the other begins, with time between them.</summary>
    private static bool IsBefore(TimeInterval left, TimeInterval right) =>
        left.MaxTimeMs < right.MinTimeMs && left.MaxTimeMs + 1 < right.MinTimeMs;
}
