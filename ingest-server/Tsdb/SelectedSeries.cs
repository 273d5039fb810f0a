using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// A forward-only walk over the series that a selection found in blocks and head, each once, in no promised order unless it
/// was asked for sorted. Only series with a chunk that overlaps the time range appear. Valid until its querier is disposed; one thread at a time.
/// </summary>
public sealed class SelectedSeries
{
    /// <summary>The head among the sources of a series, behind the blocks, which have their place.</summary>
    private const int HeadSource = int.MaxValue;

    private static readonly Comparer<(long FirstMs, long LastMs, int Source)> s_bySource =
        Comparer<(long FirstMs, long LastMs, int Source)>.Create(static (left, right) => left.Source.CompareTo(right.Source));

    private readonly HeadSelection _head;
    private readonly BlockSeriesMerge? _blocks;

    /// <summary>Where samples of the current series are, by their first time.</summary>
    private readonly List<(long FirstMs, long LastMs, int Source)> _sources = [];
    private readonly SampleMerge _merge = new();
    private byte[] _canonical = [];
    private bool _inBlocks;
    private bool _blocksEnded;

    /// <summary>The walk goes by labels: <see cref="_head"/> does so too, and then stands at the least one that is left.</summary>
    private readonly bool _sorted;

    /// <summary>The current series has samples in the head.</summary>
    private bool _inHead;
    private bool _headEnded;

    /// <summary>Writes chunks; null until some are asked for.</summary>
    private ChunkRewriter? _rewriter;

    /// <param name="head">The head's part of the selection.</param>
    /// <param name="blocks">That of the blocks, older ones first; null when none is concerned.</param>
    /// <param name="sorted">The head's part is in the order of labels, and the walk is to be.</param>
    internal SelectedSeries(HeadSelection head, BlockSeriesMerge? blocks, bool sorted = false)
    {
        _sorted = sorted;
        _inHead = sorted;
        _inBlocks = sorted && blocks is not null;
        _head = head;
        _blocks = blocks;
        _blocksEnded = blocks is null;
    }

    /// <summary>The labels of the current series; made at the first call.</summary>
    public Labels Labels => _inBlocks ? _blocks!.Labels : _head.Labels;

    /// <summary>Goes to the next series; false at the end.</summary>
    /// <exception cref="OperationCanceledException">The view's token was cancelled.</exception>
    /// <exception cref="BlockCorruptionException">A block cannot be read.</exception>
    public bool MoveNext()
    {
        if (_sorted)
        {
            return MoveNextByLabels();
        }

        // Blocks first, in the order of labels; each of their series finds its part in the head by hash. Then what only the
        // head has.
        if (!_blocksEnded)
        {
            _inBlocks = _blocks!.MoveNext();
            _blocksEnded = !_inBlocks;
            if (_inBlocks)
            {
                FindSources();
                return true;
            }
        }

        return _head.MoveNext();
    }

    /// <summary>
    /// Hands over the current series as chunks of the samples between the times of the selection: those that lie between them
    /// whole, and overlap no others, as they are.
    /// </summary>
    /// <param name="target">The same for all series of a walk.</param>
    /// <exception cref="BlockCorruptionException">A block cannot be read.</exception>
    public void WriteChunks(IChunkSink target)
    {
        _rewriter ??= new ChunkRewriter(target);
        _rewriter.BeginSeries(Labels.Blob);
        if (!_inBlocks)
        {
            _head.CopyTo(_rewriter);
        }
        else if (_sources.Count == 1 && !_blocks![_sources[0].Source].ChunksOverlap)
        {
            _blocks[_sources[0].Source].CopyTo(_rewriter);
        }
        else
        {
            RewriteSink sink = new(_rewriter);
            Decode(ref sink);
        }

        _rewriter.Finish();
    }

    /// <summary>Hands over the samples between the times of the selection, both inclusive, rising in time.</summary>
    /// <exception cref="BlockCorruptionException">A block cannot be read.</exception>
    public void Decode<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (!_inBlocks)
        {
            _head.Decode(ref sink);
            return;
        }

        for (int first = 0; first < _sources.Count;)
        {
            int end = EndOfOverlap(first);
            if (end == first + 1)
            {
                Decode(_sources[first].Source, ref sink);
            }
            else
            {
                DecodeTogether(first, end, ref sink);
            }

            first = end;
        }
    }

    /// <summary>Goes on with the part that stood at the series before, or both, and takes the one that now stands lower.</summary>
    private bool MoveNextByLabels()
    {
        _headEnded = _headEnded || (_inHead && !_head.MoveNext());
        _blocksEnded = _blocksEnded || (_inBlocks && !_blocks!.MoveNext());
        if (_headEnded && _blocksEnded)
        {
            return false;
        }

        int order = _headEnded ? -1 : _blocksEnded ? 1 : Prometheus.Labels.Compare(_blocks!.LabelsBlob, _head.Labels.Blob);
        _inBlocks = order <= 0;
        _inHead = order >= 0;
        if (_inBlocks)
        {
            FindSources();
        }

        return true;
    }

    private bool HeadHasCurrent() => _sorted ? _inHead : _head.TryGoTo(Canonical(_blocks!.LabelsBlob));

    private void FindSources()
    {
        _sources.Clear();
        foreach (int place in _blocks!.Current)
        {
            ReadOnlySpan<ChunkMeta> chunks = _blocks[place].Chunks;
            long lastMs = long.MinValue;
            foreach (ChunkMeta chunk in chunks)
            {
                lastMs = Math.Max(lastMs, chunk.MaxTimeMs);
            }

            _sources.Add((chunks[0].MinTimeMs, lastMs, place));
        }

        if (HeadHasCurrent())
        {
            _sources.Add((_head.FirstTimeMs, _head.LastTimeMs, HeadSource));
        }

        if (_sources.Count > 1)
        {
            // Blocks come sorted by their first time, and so do the parts of a series, save for overlaps.
            _sources.Sort(static (left, right) => left.FirstMs.CompareTo(right.FirstMs));
        }
    }

    /// <summary>Where the run of sources ends that overlap each other from a place on.</summary>
    private int EndOfOverlap(int first)
    {
        long lastMs = _sources[first].LastMs;
        int end = first + 1;
        while (end < _sources.Count && _sources[end].FirstMs <= lastMs)
        {
            lastMs = Math.Max(lastMs, _sources[end++].LastMs);
        }

        return end;
    }

    private void Decode<TSink>(int source, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (source == HeadSource)
        {
            _head.Decode(ref sink);
        }
        else if (_blocks![source].ChunksOverlap)
        {
            _merge.Clear();
            AddChunks(source);
            _merge.WriteTo(ref sink);
        }
        else
        {
            _blocks[source].Decode(ref sink);
        }
    }

    private void DecodeTogether<TSink>(int first, int end, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        // Of several samples at one time that of the older source stays, here as in a compaction.
        _sources.Sort(first, end - first, s_bySource);
        _merge.Clear();
        for (int place = first; place < end; place++)
        {
            int source = _sources[place].Source;
            if (source != HeadSource && _blocks![source].ChunksOverlap)
            {
                AddChunks(source);
                continue;
            }

            SampleColumns samples = _merge.Rent();
            Decode(source, ref samples);
            _merge.Add(in samples);
        }

        _merge.WriteTo(ref sink);
    }

    /// <summary>Each chunk as a list of its own: in a block that another program wrote they may overlap.</summary>
    private void AddChunks(int place)
    {
        foreach (ChunkMeta chunk in _blocks![place].Chunks)
        {
            SampleColumns samples = _merge.Rent();
            _blocks[place].Decode(chunk, ref samples);
            _merge.Add(in samples);
        }
    }

    private ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> blob)
    {
        int length = RawLabels.Measure(blob);
        if (_canonical.Length < length)
        {
            _canonical = new byte[length * 2];
        }

        RawLabels.Write(blob, _canonical.AsSpan(0, length));
        return _canonical.AsSpan(0, length);
    }
}
