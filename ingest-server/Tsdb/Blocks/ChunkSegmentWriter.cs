using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

// A chunk in a segment file. FORMAT.md, "chunks".
//
//   +----------------+------------+-------------+-----------------------------+
//   | length uvarint | encoding 1 | data length | CRC32C of encoding and data |
//   +----------------+------------+-------------+-----------------------------+

/// <summary>Writes chunks one behind the other into segment files, beginning a new one before the bound is passed.</summary>
internal sealed class ChunkSegmentWriter : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly long _segmentBytes;
    private FileAppender? _segment;
    private int _segments;

    /// <param name="files">The disk.</param>
    /// <param name="folder">Where the segments go; it is there.</param>
    /// <param name="segmentBytes">The most that a segment may have, unless a single chunk is larger.</param>
    public ChunkSegmentWriter(IFileSystem files, string folder, long segmentBytes)
    {
        _files = files;
        _folder = folder;
        _segmentBytes = Math.Min(segmentBytes, BlockFormat.MaxSegmentBytes);
    }

    public ChunkRef Append(ChunkEncoding encoding, ReadOnlySpan<byte> bytes)
    {
        int length = Uvarint.Length((ulong)bytes.Length) + 1 + bytes.Length + BlockFormat.ChecksumBytes;
        if (_segment is null || (_segment.Position + length > _segmentBytes && _segment.Position > BlockFormat.ChunksHeaderBytes))
        {
            BeginSegment();
        }

        ChunkRef place = new(_segments - 1, (uint)_segment.Position);
        _segment.AppendUvarint((ulong)bytes.Length);
        _segment.BeginChecksum();
        _segment.Append((byte)encoding);
        _segment.Append(bytes);
        _segment.AppendChecksum();
        return place;
    }

    /// <summary>Forces the last segment to the disk; the others already are.</summary>
    public void Finish()
    {
        _segment?.Sync();
        _segment?.Dispose();
        _segment = null;
    }

    public void Dispose() => _segment?.Dispose();

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_segment))]
    private void BeginSegment()
    {
        Finish();
        _segments++;
        _segment = new FileAppender(_files.Create(Path.Combine(_folder, BlockFormat.SegmentName(_segments))));
        _segment.AppendUInt32BigEndian(BlockFormat.ChunksMagic);
        _segment.Append(BlockFormat.ChunksVersion);
        _segment.PadTo(BlockFormat.ChunksHeaderBytes);
    }
}
