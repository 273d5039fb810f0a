using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads all of a block: every series, list and chunk, down to the last sample, and every byte between them; and compares it
/// with <c>meta.json</c>. Used once.
/// </summary>
internal sealed class BlockVerifier
{
    private const int MaxFindings = 100;

    private readonly Block _block;
    private readonly CancellationToken _cancel;
    private readonly List<BlockCorruptionException> _findings = [];
    private readonly FileCoverage _index;
    private readonly FileCoverage[] _segments;
    private readonly HistogramNumbers _histogram = new();
    private readonly HashSet<uint> _references = [];
    private byte[] _scratch = [];
    private ulong _labels;
    private ulong _chunks;
    private ulong _samples;

    public BlockVerifier(Block block, CancellationToken cancel)
    {
        _block = block;
        _cancel = cancel;
        _index = new FileCoverage(block.Index.File);
        _segments = new FileCoverage[block.Chunks.Segments.Count];
        for (int segment = 0; segment < _segments.Length; segment++)
        {
            _segments[segment] = new FileCoverage(block.Chunks.Segments[segment]);
            // The last bytes of the header are padding.
            _segments[segment].Add(0, sizeof(uint) + 1);
        }
    }

    public IReadOnlyList<BlockCorruptionException> Run()
    {
        CheckSeries();
        Try(CheckLists);
        Try(CheckTables);
        Try(CheckMeta);
        Try(CheckTombstones);
        // What could not be read points at nothing, so strays say something only when all else is sound.
        if (_findings.Count == 0)
        {
            Note(_index.FindStray());
            foreach (FileCoverage segment in _segments)
            {
                Note(segment.FindStray());
            }
        }

        return _findings;
    }

    /// <summary>Walks the series as they lie one behind the other: an entry that cannot be read ends the walk.</summary>
    private void CheckSeries()
    {
        BlockIndex index = _block.Index;
        BlockSeries series = new();
        ByteBuffer labels = new();
        ByteBuffer before = new();
        bool isFirst = true;
        for (uint reference = index.FirstSeries; index.Has(reference) && _findings.Count < MaxFindings; isFirst = false)
        {
            _cancel.ThrowIfCancellationRequested();
            long start = (long)reference * BlockFormat.SeriesAlignment;
            long end;
            try
            {
                end = index.ReadSeries(reference, series);
                index.ReadLabels(series, labels);
            }
            catch (BlockCorruptionException broken)
            {
                _findings.Add(broken);
                return;
            }

            if (!isFirst && Labels.Compare(before.Written, labels.Written) >= 0)
            {
                Note(new BlockCorruptionException(index.File.Path, start, "a series out of order", "labels that rise"));
            }

            before.Clear();
            before.Append(labels.Written);
            _index.Add(start, end);
            _references.Add(reference);
            _labels += (ulong)series.SymbolCount / 2;
            foreach (ChunkMeta chunk in series.Chunks)
            {
                Try(() => CheckChunk(chunk));
            }

            reference = BlockIndex.ReferenceFrom(end);
        }
    }

    private void CheckChunk(ChunkMeta chunk)
    {
        Block.CheckTimes(chunk, _block.Meta, _block.Folder);
        ReadOnlySpan<byte> bytes = _block.Chunks.Read(chunk.Ref, ref _scratch, out ChunkEncoding encoding);
        long start = chunk.Ref.Offset;
        int length = Uvarint.Length((ulong)bytes.Length) + 1 + bytes.Length + BlockFormat.ChecksumBytes;
        _segments[chunk.Ref.Segment].Add(start, start + length);
        (long firstMs, long lastMs, int samples) = TimesOf(bytes, encoding, chunk.Ref);
        if (samples == 0 || firstMs != chunk.MinTimeMs || lastMs != chunk.MaxTimeMs)
        {
            _block.Chunks.ThrowBroken(
                chunk.Ref, $"{samples} samples from {firstMs} to {lastMs}, not from {chunk.MinTimeMs} to {chunk.MaxTimeMs} as in the index");
        }

        _chunks++;
        _samples += (ulong)samples;
    }

    private (long FirstMs, long LastMs, int Samples) TimesOf(ReadOnlySpan<byte> bytes, ChunkEncoding encoding, ChunkRef place)
    {
        switch (encoding)
        {
            case ChunkEncoding.Xor:
                return TimesOf(new XorDecoder(bytes), place);
            case ChunkEncoding.Xor2:
                return TimesOf(new Xor2Decoder(bytes), place);
            case ChunkEncoding.Histogram or ChunkEncoding.FloatHistogram:
                return TimesOf(new HistogramDecoder(bytes, encoding == ChunkEncoding.FloatHistogram, _histogram), place);
            default:
                _block.Chunks.ThrowBroken(place, $"encoding {(byte)encoding}, which cannot be read: known are 1 to 4");
                return default;
        }
    }

    private (long FirstMs, long LastMs, int Samples) TimesOf<TDecoder>(TDecoder decoder, ChunkRef place)
        where TDecoder : struct, IChunkDecoder, allows ref struct
    {
        long firstMs = 0;
        long lastMs = 0;
        int samples = 0;
        for (; decoder.MoveNext(); samples++)
        {
            (firstMs, lastMs) = (samples == 0 ? decoder.TimestampMs : firstMs, decoder.TimestampMs);
        }

        if (decoder.Corrupt)
        {
            _block.Chunks.ThrowBroken(place, $"samples that cannot be decoded");
        }

        return (firstMs, lastMs, samples);
    }

    private void CheckLists()
    {
        BlockPostings postings = _block.Index.Postings;
        int all = CheckList(postings.PlaceOfAll);
        ulong listed = 0;
        foreach (BlockLabelValues values in postings.Names)
        {
            BlockLabelValues.Walker walker = values.Walk();
            while (walker.MoveNext())
            {
                _cancel.ThrowIfCancellationRequested();
                listed += (ulong)CheckList(walker.Postings);
            }
        }

        if (all != _references.Count || listed != _labels)
        {
            throw new BlockCorruptionException(
                _block.Index.File.Path,
                postings.PlaceOfAll,
                $"lists of {all} series and {listed} labels",
                $"the {_references.Count} series and {_labels} labels that there are");
        }
    }

    private int CheckList(long offset)
    {
        uint[] ids = _block.Index.Postings.ReadList(offset);
        _index.Add(offset, offset + (2 * sizeof(uint)) + ((long)sizeof(uint) * ids.Length) + BlockFormat.ChecksumBytes);
        foreach (uint id in ids)
        {
            if (!_references.Contains(id))
            {
                throw new BlockCorruptionException(_block.Index.File.Path, offset, $"a reference to series {id}", "one that there is");
            }
        }

        return ids.Length;
    }

    private void CheckTables()
    {
        PagedFile file = _block.Index.File;
        IndexContents contents = _block.Index.Contents;
        long bound = file.Length - BlockFormat.TableOfContentsBytes;
        _index.Add(0, BlockFormat.IndexHeaderBytes);
        _index.Add(bound, file.Length);
        CheckSection(contents.Symbols, bound);
        CheckSection(contents.PostingsTable, bound);
        // Without label indices, which nobody reads any more, the table may be missing too.
        if (contents.LabelIndicesTable == 0)
        {
            return;
        }

        PagedCursor table = CheckSection(contents.LabelIndicesTable, bound).Walk(cached: false);
        for (uint left = table.ReadUInt32BigEndian(); left > 0; left--)
        {
            table.ReadByte();
            table.ReadLengthPrefixed();
            CheckSection((long)Math.Min(table.ReadUvarint(), (ulong)bound), bound);
        }
    }

    private IndexSection CheckSection(long offset, long bound)
    {
        IndexSection section = IndexSection.Open(_block.Index.File, offset, bound);
        _index.Add(offset, section.End + BlockFormat.ChecksumBytes);
        return section;
    }

    private void CheckMeta()
    {
        BlockStats stats = _block.Meta.Stats;
        if (stats.Series != (ulong)_references.Count || stats.Chunks != _chunks || stats.Samples != _samples)
        {
            throw new BlockCorruptionException(
                Path.Combine(_block.Folder, BlockMeta.FileName),
                0,
                $"{stats.Series} series, {stats.Chunks} chunks and {stats.Samples} samples",
                $"the {_references.Count}, {_chunks} and {_samples} that there are");
        }
    }

    private void CheckTombstones()
    {
        foreach (uint series in _block.Tombstones.References)
        {
            if (!_references.Contains(series))
            {
                throw new BlockCorruptionException(
                    Path.Combine(_block.Folder, BlockFormat.TombstonesFile), 0, $"a reference to series {series}", "one that there is");
            }
        }
    }

    private void Try(Action check)
    {
        try
        {
            check();
        }
        catch (BlockCorruptionException broken)
        {
            Note(broken);
        }
    }

    private void Note(BlockCorruptionException? finding)
    {
        if (finding is not null && _findings.Count < MaxFindings)
        {
            _findings.Add(finding);
        }
    }
}
