using System.Buffers.Binary;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

// The file "head.snapshot" (FORMAT.md, "Snapshot"), numbers big-endian:
//
//   +---------+-----------+---------------+----------------+-----------+-------------------------+
//   | magic 4 | version 1 | log segment 4 | its length   8 | records 8 | CRC32C of all of it   4 |
//   +---------+-----------+---------------+----------------+-----------+-------------------------+

/// <summary>
/// Says that the folder beside it holds a whole snapshot, and where the log ended when it was taken. Written last, deleted
/// before anything of the snapshot or the log changes.
/// </summary>
/// <param name="Segment">The last segment of the log; 0 for an empty log.</param>
/// <param name="SegmentBytes">Its length.</param>
/// <param name="Records">How many records the snapshot has.</param>
internal readonly record struct SnapshotMark(int Segment, long SegmentBytes, long Records)
{
    public const string FileName = "head.snapshot";
    private const uint Magic = 0x41454844;
    private const byte Version = 1;
    private const int Length = 29;

    /// <summary>The end of a log.</summary>
    public static SnapshotMark EndOf(IReadOnlyList<WalSegment> segments, long records) => segments.Count == 0
        ? new SnapshotMark(0, 0, records)
        : new SnapshotMark(segments[^1].Index.Value, segments[^1].SizeBytes, records);

    /// <summary>The mark of a database's folder; null without a whole one.</summary>
    public static SnapshotMark? Read(IFileSystem files, string folder)
    {
        byte[]? content;
        try
        {
            content = AtomicFile.TryRead(files, Path.Combine(folder, FileName), Length);
        }
        catch (InvalidDataException)
        {
            // It is too long to be one.
            return null;
        }

        bool isWhole = content is { Length: Length }
            && BinaryPrimitives.ReadUInt32BigEndian(content) == Magic
            && content[4] == Version
            && BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(25)) == Crc32C.Compute(content.AsSpan(0, 25));
        return isWhole
            ? new SnapshotMark(
                BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(5)),
                BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(9)),
                BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(17)))
            : null;
    }

    /// <summary>Writes the mark; it survives a power cut when this returns.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(IFileSystem files, string folder)
    {
        Span<byte> content = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(content, Magic);
        content[4] = Version;
        BinaryPrimitives.WriteInt32BigEndian(content[5..], Segment);
        BinaryPrimitives.WriteInt64BigEndian(content[9..], SegmentBytes);
        BinaryPrimitives.WriteInt64BigEndian(content[17..], Records);
        BinaryPrimitives.WriteUInt32BigEndian(content[25..], Crc32C.Compute(content[..25]));
        AtomicFile.Write(files, Path.Combine(folder, FileName), content);
    }
}
