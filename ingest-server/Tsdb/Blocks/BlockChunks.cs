using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>The chunk segments of a block, open for reading through the page cache. Thread-safe.</summary>
internal sealed class BlockChunks : IDisposable
{
    private readonly string _folder;
    private readonly List<PagedFile> _segments = [];

    private BlockChunks(string folder) => _folder = folder;

    /// <summary>For those who look at the files as a whole.</summary>
    public IReadOnlyList<PagedFile> Segments => _segments;

    /// <summary>Bytes of all segments.</summary>
    public long Length
    {
        get
        {
            long bytes = 0;
            foreach (PagedFile segment in _segments)
            {
                bytes += segment.Length;
            }

            return bytes;
        }
    }

    /// <summary>Opens the segments in a block's folder and checks their headers.</summary>
    /// <exception cref="BlockCorruptionException">One is missing or is not what the format says.</exception>
    public static BlockChunks Open(IFileSystem files, string blockFolder, PageCache cache)
    {
        BlockChunks chunks = new(Path.Combine(blockFolder, BlockFormat.ChunksFolder));
        try
        {
            // References count the segments, so one that is missing would make others be taken for it.
            foreach (int number in SegmentNumbers(files, chunks._folder))
            {
                string path = Path.Combine(chunks._folder, BlockFormat.SegmentName(number));
                if (number != chunks._segments.Count + 1)
                {
                    throw new BlockCorruptionException(
                        path, 0, "a segment behind a gap", BlockFormat.SegmentName(chunks._segments.Count + 1));
                }

                PagedFile segment = new(cache, files.OpenRead(path), path);
                chunks._segments.Add(segment);
                CheckHeader(segment);
            }

            return chunks._segments.Count > 0
                ? chunks
                : throw new BlockCorruptionException(
                    Path.Combine(chunks._folder, BlockFormat.SegmentName(1)), 0, "no file", "one: a block has chunks");
        }
        catch
        {
            chunks.Dispose();
            throw;
        }
    }

    /// <summary>Reads a chunk and checks its checksum.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="scratch">May hold the bytes then.</param>
    /// <param name="encoding">How they are to be read; it may be one that is not known.</param>
    /// <exception cref="BlockCorruptionException">There is no such chunk, or its bytes are not what they were.</exception>
    public ReadOnlySpan<byte> Read(ChunkRef place, scoped ref byte[] scratch, out ChunkEncoding encoding)
    {
        const int LongestHeader = 5;
        if (place.Segment >= (uint)_segments.Count)
        {
            throw new BlockCorruptionException(
                _folder, place.Offset, $"{_segments.Count} segments", BlockFormat.SegmentName((int)Math.Min(place.Segment, int.MaxValue - 1) + 1));
        }

        PagedFile segment = _segments[(int)place.Segment];
        ReadOnlySpan<byte> page = segment.ReadInPage(place.Offset);
        if (page.Length < LongestHeader)
        {
            page = segment.Read(place.Offset, (int)Math.Clamp(segment.Length - place.Offset, 0, LongestHeader), ref scratch);
        }

        if (!Uvarint.TryRead(page, out ulong length, out int header)
            || place.Offset < BlockFormat.ChunksHeaderBytes
            || (long)Math.Min(length, int.MaxValue) > segment.Length - place.Offset - header - 1 - BlockFormat.ChecksumBytes)
        {
            ThrowBroken(segment, place, "no length of a chunk");
        }

        int total = 1 + (int)length + BlockFormat.ChecksumBytes;
        ReadOnlySpan<byte> bytes = page.Length >= header + total
            ? page.Slice(header, total)
            : segment.Read(place.Offset + header, total, ref scratch);
        ReadOnlySpan<byte> summed = bytes[..^BlockFormat.ChecksumBytes];
        if (Crc32C.Compute(summed) != BinaryPrimitives.ReadUInt32BigEndian(bytes[summed.Length..]))
        {
            ThrowBroken(segment, place, "bytes of another checksum");
        }

        encoding = (ChunkEncoding)summed[0];
        return summed[1..];
    }

    /// <summary>For a chunk whose checksum holds and whose bytes say nothing.</summary>
    [DoesNotReturn]
    public void ThrowBroken(ChunkRef place, string found) => ThrowBroken(_segments[(int)place.Segment], place, found);

    public void Dispose()
    {
        foreach (PagedFile segment in _segments)
        {
            segment.Dispose();
        }
    }

    private static List<int> SegmentNumbers(IFileSystem files, string folder)
    {
        List<int> numbers = [];
        foreach (string name in files.List(folder))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return numbers;
    }

    private static void CheckHeader(PagedFile segment)
    {
        Span<byte> header = stackalloc byte[BlockFormat.ChunksHeaderBytes];
        segment.ReadDirectly(0, header);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (magic != BlockFormat.ChunksMagic || header[sizeof(uint)] != BlockFormat.ChunksVersion)
        {
            throw new BlockCorruptionException(
                segment.Path, 0, $"magic {magic:X8} and version {header[sizeof(uint)]}", "85BD40DD and version 1");
        }
    }

    [DoesNotReturn]
    private static void ThrowBroken(PagedFile segment, ChunkRef place, string found) =>
        throw new BlockCorruptionException(segment.Path, place.Offset, found, "a chunk");
}
