using System.Buffers.Binary;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

// The file "head.start" (FORMAT.md, "Where the head starts"):
//
//   +---------+-----------+--------+-----------+-------------------------+
//   | magic 4 | version 1 | time 8 | segment 4 | CRC32C of all of it   4 |   numbers are big-endian, the time is in ms
//   +---------+-----------+--------+-----------+-------------------------+

/// <summary>
/// What a restart must know of the last cut of the head: samples before the time that were logged before the segment are
/// in blocks, so that replay leaves them out. Without the file, or with a damaged one, replay takes everything, and a query
/// sees the samples that are there twice once.
/// </summary>
/// <param name="TimeMs">The end of the last block that was cut off the head.</param>
/// <param name="Segment">The log segment that was begun for the cut.</param>
internal readonly record struct HeadStart(long TimeMs, int Segment)
{
    private const string FileName = "head.start";
    private const uint Magic = 0x41454853;
    private const byte Version = 1;
    private const int TimeOffset = 5;
    private const int SegmentOffset = 13;
    private const int ChecksumOffset = 17;
    private const int Length = 21;

    /// <summary>Nothing was cut off yet.</summary>
    public static HeadStart None { get; } = new(long.MinValue, 0);

    /// <summary>Whether a logged sample is in a block.</summary>
    public bool IsInBlock(long timestampMs, int segment) => timestampMs < TimeMs && segment < Segment;

    /// <summary>Reads the file of a database's folder.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The database's folder.</param>
    /// <param name="damage">What is wrong with the file; null when it is whole or absent.</param>
    public static HeadStart Read(IFileSystem files, string folder, out string? damage)
    {
        string path = Path.Combine(folder, FileName);
        damage = null;
        byte[]? content;
        try
        {
            content = AtomicFile.TryRead(files, path, Length);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or DamagedPageException or FileKeyException)
        {
            damage = unreadable.Message;
            return None;
        }

        if (content is null)
        {
            return None;
        }

        if (!IsWhole(content))
        {
            damage = $"{path} cannot be read: found {Convert.ToHexString(content)}, expected {Length} bytes of version "
                + $"{Version} with their checksum. The whole log is read; nothing is lost";
            return None;
        }

        return new HeadStart(
            BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(TimeOffset)),
            BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(SegmentOffset)));
    }

    /// <summary>Replaces the file; it survives a power cut when this returns.</summary>
    /// <exception cref="IOException">The disk failed; the old file is still there.</exception>
    public void Write(IFileSystem files, string folder)
    {
        Span<byte> content = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(content, Magic);
        content[sizeof(uint)] = Version;
        BinaryPrimitives.WriteInt64BigEndian(content[TimeOffset..], TimeMs);
        BinaryPrimitives.WriteInt32BigEndian(content[SegmentOffset..], Segment);
        BinaryPrimitives.WriteUInt32BigEndian(content[ChecksumOffset..], Crc32C.Compute(content[..ChecksumOffset]));
        AtomicFile.Write(files, Path.Combine(folder, FileName), content);
    }

    private static bool IsWhole(ReadOnlySpan<byte> content) =>
        content.Length == Length
        && BinaryPrimitives.ReadUInt32BigEndian(content) == Magic
        && content[sizeof(uint)] == Version
        && BinaryPrimitives.ReadUInt32BigEndian(content[ChecksumOffset..]) == Crc32C.Compute(content[..ChecksumOffset]);
}
