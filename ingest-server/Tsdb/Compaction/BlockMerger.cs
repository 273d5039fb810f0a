using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// Makes one block of several, or of one without what is deleted in it: series by series in the order of labels, so that
/// memory is bounded by the largest series. Chunks that overlap no other are copied as they are.
/// </summary>
internal sealed class BlockMerger
{
    private readonly ChunkRewriter _target;
    private readonly BlockSeriesMerge _series;
    private readonly SampleMerge _samples = new();

    /// <summary>The chunks of the current series with the places of their walks, by time.</summary>
    private readonly List<(int Walk, ChunkMeta Chunk)> _chunks = [];

    /// <summary>What is wanted of the blocks.</summary>
    private readonly TimeInterval _times;

    private BlockMerger(ChunkRewriter target, BlockSeriesMerge series, TimeInterval times)
    {
        _times = times;
        _target = target;
        _series = series;
    }

    /// <summary>Writes the block; the old ones stay as they are.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">Where blocks lie.</param>
    /// <param name="ulid">The new block's name.</param>
    /// <param name="parents">The old blocks; the first one's sample stays where several have one at the same time.</param>
    /// <param name="compaction">How the new block comes about.</param>
    /// <param name="stop">Ends it; nothing is left behind then.</param>
    /// <param name="wanted">The samples that go into it; all when null.</param>
    /// <returns>What was written; null when everything is deleted, so that there is no block.</returns>
    /// <exception cref="BlockCorruptionException">An old block cannot be read.</exception>
    /// <exception cref="IOException">The disk failed; there is no new block.</exception>
    public static BlockMeta? Write(
        IFileSystem files, string folder, Ulid ulid, IReadOnlyList<Block> parents, BlockCompaction compaction,
        CancellationToken stop, TimeInterval? wanted = null)
    {
        TimeInterval times = wanted ?? new TimeInterval(long.MinValue, long.MaxValue);
        long minTimeMs = long.MaxValue;
        long maxTimeMs = long.MinValue;
        SelectedBlockSeries[] walks = new SelectedBlockSeries[parents.Count];
        for (int place = 0; place < walks.Length; place++)
        {
            minTimeMs = Math.Min(minTimeMs, parents[place].Meta.MinTimeMs);
            maxTimeMs = Math.Max(maxTimeMs, parents[place].Meta.MaxTimeMs);
            walks[place] = parents[place].Select([], times.MinTimeMs, times.MaxTimeMs, stop);
        }

        using BlockWriter writer = BlockWriter.Create(files, folder, ulid);
        ChunkRewriter target = new(writer);
        new BlockMerger(target, new BlockSeriesMerge(walks), times).WriteSeries();
        target.Finish();
        return writer.Finish(
            Math.Max(minTimeMs, times.MinTimeMs),
            times.MaxTimeMs < maxTimeMs ? times.MaxTimeMs + 1 : maxTimeMs,
            compaction);
    }

    private void WriteSeries()
    {
        while (_series.MoveNext())
        {
            _target.BeginSeries(_series.LabelsBlob);
            CollectChunks();
            for (int first = 0; first < _chunks.Count;)
            {
                int end = EndOfOverlap(first);
                if (end == first + 1)
                {
                    WriteAlone(_series[_chunks[first].Walk], _chunks[first].Chunk);
                }
                else
                {
                    WriteTogether(first, end);
                }

                first = end;
            }
        }
    }

    private void CollectChunks()
    {
        _chunks.Clear();
        foreach (int walk in _series.Current)
        {
            foreach (ChunkMeta chunk in _series[walk].Chunks)
            {
                _chunks.Add((walk, chunk));
            }
        }

        _chunks.Sort(static (left, right) =>
        {
            int byTime = left.Chunk.MinTimeMs.CompareTo(right.Chunk.MinTimeMs);
            return byTime != 0 ? byTime : left.Walk.CompareTo(right.Walk);
        });
    }

    /// <summary>Where the run of chunks ends that overlap each other from a place on.</summary>
    private int EndOfOverlap(int first)
    {
        long maxTimeMs = _chunks[first].Chunk.MaxTimeMs;
        int end = first + 1;
        while (end < _chunks.Count && _chunks[end].Chunk.MinTimeMs <= maxTimeMs)
        {
            maxTimeMs = Math.Max(maxTimeMs, _chunks[end++].Chunk.MaxTimeMs);
        }

        return end;
    }

    private void WriteAlone(SelectedBlockSeries walk, ChunkMeta chunk)
    {
        ReadOnlySpan<byte> bytes = walk.ReadChunk(chunk, out ChunkEncoding encoding);
        if (!_times.Covers(chunk.MinTimeMs, chunk.MaxTimeMs) || HasDeletions(walk, chunk) || encoding == ChunkEncoding.Xor2)
        {
            // What only the newest Prometheus reads does not go into what is written here.
            RewriteSink sink = new(_target);
            walk.Decode(chunk, ref sink);
            return;
        }

        _target.Copy(chunk.MinTimeMs, chunk.MaxTimeMs, encoding, bytes);
    }

    private static bool HasDeletions(SelectedBlockSeries walk, ChunkMeta chunk)
    {
        foreach (TimeInterval deleted in walk.Deleted)
        {
            if (chunk.Overlaps(deleted.MinTimeMs, deleted.MaxTimeMs))
            {
                return true;
            }
        }

        return false;
    }

    private void WriteTogether(int first, int end)
    {
        _samples.Clear();
        foreach (int walk in _series.Current)
        {
            SampleColumns list = _samples.Rent();
            long lastMs = long.MinValue;
            for (int place = first; place < end; place++)
            {
                if (_chunks[place].Walk != walk)
                {
                    continue;
                }

                if (_chunks[place].Chunk.MinTimeMs <= lastMs && list.Count > 0)
                {
                    // Chunks of one block may overlap too, when a Prometheus wrote it.
                    _samples.Add(in list);
                    list = _samples.Rent();
                }

                _series[walk].Decode(_chunks[place].Chunk, ref list);
                lastMs = _chunks[place].Chunk.MaxTimeMs;
            }

            _samples.Add(in list);
        }

        RewriteSink sink = new(_target);
        _samples.WriteTo(ref sink);
    }
}
