using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// The index of a block, open for reading: the tables' samples in memory, everything else through the page cache, each
/// series and list checked by its checksum when it is read. Thread-safe.
/// </summary>
internal sealed class BlockIndex : IDisposable
{
    /// <summary>A series' entry of another size than this is none: the largest have some ten thousand chunks.</summary>
    private const ulong LongestEntry = 64 * 1024 * 1024;

    private readonly PagedFile _file;
    private readonly long _seriesStart;
    private readonly long _seriesEnd;

    private BlockIndex(PagedFile file, BlockSymbols symbols, BlockPostings postings, IndexContents contents)
    {
        _file = file;
        _seriesStart = contents.Series;
        _seriesEnd = contents.LabelIndices;
        Contents = contents;
        Symbols = symbols;
        Postings = postings;
    }

    /// <summary>For those who look at the file as a whole.</summary>
    public PagedFile File => _file;

    public IndexContents Contents { get; }

    public BlockSymbols Symbols { get; }

    public BlockPostings Postings { get; }

    public long Length => _file.Length;

    /// <summary>Opens the index in a block's folder: header, table of contents, symbols and postings table are checked.</summary>
    /// <exception cref="BlockCorruptionException">It is not what the format says.</exception>
    public static BlockIndex Open(IFileSystem files, string folder, PageCache cache)
    {
        string path = Path.Combine(folder, BlockFormat.IndexFile);
        PagedFile file = new(cache, files.OpenRead(path), path);
        try
        {
            CheckHeader(file);
            long bound = file.Length - BlockFormat.TableOfContentsBytes;
            IndexContents contents = IndexContents.Read(file, bound);
            BlockSymbols symbols = BlockSymbols.Open(IndexSection.Open(file, contents.Symbols, bound));
            uint idEnd = (uint)Math.Min(uint.MaxValue, (contents.LabelIndices / BlockFormat.SeriesAlignment) + 1);
            BlockPostings postings = BlockPostings.Open(
                IndexSection.Open(file, contents.PostingsTable, bound), contents.PostingsTable, idEnd);
            return new BlockIndex(file, symbols, postings, contents);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The reference of the first series, if there is one: others follow in the order of labels.</summary>
    public uint FirstSeries => ReferenceFrom(_seriesStart);

    /// <summary>Where the last series ends at the latest.</summary>
    public long SeriesEnd => _seriesEnd;

    /// <summary>The reference of the series that begins at an offset or, by its alignment, next behind it.</summary>
    public static uint ReferenceFrom(long offset) =>
        (uint)((offset + BlockFormat.SeriesAlignment - 1) / BlockFormat.SeriesAlignment);

    /// <summary>Whether there can be a series of such a reference.</summary>
    public bool Has(uint reference) => (long)reference * BlockFormat.SeriesAlignment < _seriesEnd;

    /// <summary>Reads the entry of a series, by its reference; returns where it ends.</summary>
    /// <exception cref="BlockCorruptionException">It is not what the format says.</exception>
    public long ReadSeries(uint reference, BlockSeries series)
    {
        byte[] scratch = [];
        long offset = (long)reference * BlockFormat.SeriesAlignment;
        if (offset < _seriesStart || offset >= _seriesEnd)
        {
            ThrowBroken(offset, $"a reference to series {reference}");
        }

        ReadOnlySpan<byte> page = _file.ReadInPage(offset);
        if (page.Length < Uvarint.MaxLength)
        {
            page = _file.Read(offset, (int)Math.Min(Uvarint.MaxLength, _file.Length - offset), ref scratch);
        }

        if (!Uvarint.TryRead(page, out ulong length, out int header)
            || length > LongestEntry
            || (long)length > _seriesEnd - offset - header - BlockFormat.ChecksumBytes)
        {
            ThrowBroken(offset, "no length");
        }

        int total = (int)length + BlockFormat.ChecksumBytes;
        ReadOnlySpan<byte> bytes = page.Length >= header + total
            ? page.Slice(header, total)
            : _file.Read(offset + header, total, ref scratch);
        ReadOnlySpan<byte> entry = bytes[..(int)length];
        if (Crc32C.Compute(entry) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)length..]))
        {
            ThrowBroken(offset, "bytes of another checksum");
        }

        if (!TryParse(entry, series))
        {
            ThrowBroken(offset, "bytes of another shape");
        }

        return offset + header + total;
    }

    /// <summary>Writes the labels of a series that was read as the blob of a <see cref="Labels"/>.</summary>
    /// <exception cref="BlockCorruptionException">They are not a label set.</exception>
    public void ReadLabels(BlockSeries series, ByteBuffer blob)
    {
        ReadOnlySpan<uint> symbols = series.Symbols;
        ReadOnlySpan<byte> lastName = default;
        blob.Clear();
        for (int index = 0; index < symbols.Length; index += 2)
        {
            ReadOnlySpan<byte> name = Symbols.Get(symbols[index]);
            ReadOnlySpan<byte> value = Symbols.Get(symbols[index + 1]);
            if (name.SequenceCompareTo(lastName) <= 0 || value.IsEmpty)
            {
                ThrowBroken(_seriesStart, "a series whose labels are out of order or empty");
            }

            blob.AppendLengthPrefixed(name);
            blob.AppendLengthPrefixed(value);
            lastName = name;
        }
    }

    public void Dispose() => _file.Dispose();

    private static void CheckHeader(PagedFile file)
    {
        if (file.Length < BlockFormat.IndexHeaderBytes + BlockFormat.TableOfContentsBytes)
        {
            throw new BlockCorruptionException(file.Path, 0, $"{file.Length} bytes", "a header and a table of contents");
        }

        Span<byte> header = stackalloc byte[BlockFormat.IndexHeaderBytes];
        file.ReadDirectly(0, header);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (magic != BlockFormat.IndexMagic || header[sizeof(uint)] != BlockFormat.IndexVersion)
        {
            throw new BlockCorruptionException(
                file.Path, 0, $"magic {magic:X8} and version {header[sizeof(uint)]}", "BAAAD700 and version 2");
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> entry, BlockSeries series)
    {
        series.Clear();
        SpanReader reader = new(entry);
        int labels = reader.ReadUvarintInt32();
        for (int label = 0; label < labels && !reader.Truncated; label++)
        {
            ulong name = reader.ReadUvarint();
            ulong value = reader.ReadUvarint();
            if (name > uint.MaxValue || value > uint.MaxValue)
            {
                return false;
            }

            series.AddLabel((uint)name, (uint)value);
        }

        int chunks = reader.ReadUvarintInt32();
        ChunkMeta last = default;
        for (int chunk = 0; chunk < chunks && !reader.Truncated; chunk++)
        {
            long minTimeMs = chunk == 0 ? reader.ReadVarint() : last.MaxTimeMs + (long)reader.ReadUvarint();
            long maxTimeMs = minTimeMs + (long)reader.ReadUvarint();
            ulong place = chunk == 0 ? reader.ReadUvarint() : last.Ref.Value + (ulong)reader.ReadVarint();
            last = new ChunkMeta(minTimeMs, maxTimeMs, new ChunkRef(place));
            if (minTimeMs > maxTimeMs)
            {
                return false;
            }

            series.AddChunk(last);
        }

        return !reader.Truncated && reader.AtEnd;
    }

    [DoesNotReturn]
    private void ThrowBroken(long offset, string found) =>
        throw new BlockCorruptionException(_file.Path, offset, found, "a series with its labels and chunks");
}
