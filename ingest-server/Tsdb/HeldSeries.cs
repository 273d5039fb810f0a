using System.Runtime.InteropServices;

namespace AmpEdge.Tsdb;

/// <summary>
/// Series that a walk came by, held so that they can be decoded after it went on, by another thread too; that thread by
/// itself at a time. Used again after <see cref="Clear"/>. Valid until the walk's querier is disposed.
/// </summary>
public sealed class HeldSeries
{
    /// <summary>In place of a block: the samples are in the head. It counts as younger than all blocks.</summary>
    private const int InHead = int.MaxValue;

    private static readonly Comparer<Part> s_byTime = Comparer<Part>.Create(static (left, right) => left.FirstMs.CompareTo(right.FirstMs));
    private static readonly Comparer<Part> s_byAge = Comparer<Part>.Create(static (left, right) => left.Place.CompareTo(right.Place));

    private readonly HeadSelection _head;
    private readonly BlockSeriesMerge? _blocks;
    private readonly BlockChunkDecoder _chunkDecoder;
    private readonly SeriesDecoder _headDecoder;
    private readonly SampleMerge _merge = new();

    /// <summary>Where the parts of each series end.</summary>
    private readonly List<int> _ends = [];
    private readonly List<Part> _parts = [];
    private readonly List<ChunkMeta> _chunks = [];
    private readonly List<SeriesView> _views = [];

    internal HeldSeries(HeadSelection head, BlockSeriesMerge? blocks)
    {
        _head = head;
        _blocks = blocks;
        _chunkDecoder = new BlockChunkDecoder(head.MinTimeMs, head.MaxTimeMs);
        _headDecoder = head.NewDecoder();
    }

    public int Count => _ends.Count;

    public void Clear()
    {
        _ends.Clear();
        _parts.Clear();
        _chunks.Clear();
        _views.Clear();
    }

    /// <summary>Hands over the samples of a series between the times of the selection, both inclusive, rising in time.</summary>
    /// <exception cref="BlockCorruptionException">A block cannot be read.</exception>
    public void Decode<TSink>(int index, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        int begin = index == 0 ? 0 : _ends[index - 1];
        Span<Part> parts = CollectionsMarshal.AsSpan(_parts)[begin.._ends[index]];
        while (!parts.IsEmpty)
        {
            int count = CountOverlapping(parts);
            if (count == 1)
            {
                Decode(in parts[0], ref sink);
            }
            else
            {
                DecodeTogether(parts[..count], ref sink);
            }

            parts = parts[count..];
        }
    }

    /// <summary>Takes the part of one more series that is in a block.</summary>
    internal void AddBlock(int place)
    {
        SelectedBlockSeries series = _blocks![place];
        long lastMs = long.MinValue;
        bool overlap = false;
        foreach (ChunkMeta chunk in series.Chunks)
        {
            overlap |= lastMs >= chunk.MinTimeMs;
            lastMs = Math.Max(lastMs, chunk.MaxTimeMs);
        }

        _parts.Add(new Part(series.Chunks[0].MinTimeMs, lastMs, place, series.Reference, _chunks.Count, series.Chunks.Length, overlap));
        _chunks.AddRange(series.Chunks);
    }

    /// <summary>Takes its part in the head.</summary>
    internal void AddHead()
    {
        _parts.Add(new Part(_head.FirstTimeMs, _head.LastTimeMs, InHead, _head.Id, _views.Count, 1, ChunksOverlap: false));
        _views.Add(_head.View);
    }

    /// <summary>No more parts of this series follow.</summary>
    internal void EndSeries()
    {
        int begin = _ends.Count == 0 ? 0 : _ends[^1];
        if (_parts.Count - begin > 1)
        {
            // Blocks come sorted by their first time, and so do the parts of a series, save for overlaps.
            _parts.Sort(begin, _parts.Count - begin, s_byTime);
        }

        _ends.Add(_parts.Count);
    }

    /// <summary>Whether the one series that is held lies in one block alone, in chunks that do not overlap, and in which.</summary>
    internal bool IsInOneBlock(out int place)
    {
        place = _parts[0].Place;
        return _parts.Count == 1 && place != InHead && !_parts[0].ChunksOverlap;
    }

    /// <summary>How many parts at the front overlap each other.</summary>
    private static int CountOverlapping(ReadOnlySpan<Part> parts)
    {
        long lastMs = parts[0].LastMs;
        int count = 1;
        while (count < parts.Length && parts[count].FirstMs <= lastMs)
        {
            lastMs = Math.Max(lastMs, parts[count++].LastMs);
        }

        return count;
    }

    private void Decode<TSink>(in Part part, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (part.Place == InHead)
        {
            _headDecoder.Decode(in CollectionsMarshal.AsSpan(_views)[part.First], _head.DeletedOf(part.Series), ref sink);
        }
        else if (part.ChunksOverlap)
        {
            _merge.Clear();
            AddChunks(in part);
            _merge.WriteTo(ref sink);
        }
        else
        {
            SelectedBlockSeries walk = _blocks![part.Place];
            ReadOnlySpan<TimeInterval> deleted = walk.DeletedOf(part.Series);
            foreach (ChunkMeta chunk in ChunksOf(in part))
            {
                _chunkDecoder.Decode(walk.Block, chunk, deleted, ref sink);
            }
        }
    }

    private void DecodeTogether<TSink>(Span<Part> parts, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        // Of several samples at one time that of the older source stays, here as in a compaction.
        parts.Sort(s_byAge);
        _merge.Clear();
        foreach (ref readonly Part part in parts)
        {
            if (part.ChunksOverlap)
            {
                AddChunks(in part);
                continue;
            }

            SampleColumns samples = _merge.Rent();
            Decode(in part, ref samples);
            _merge.Add(in samples);
        }

        _merge.WriteTo(ref sink);
    }

    /// <summary>Each chunk as a list of its own: in a block that another program wrote they may overlap.</summary>
    private void AddChunks(in Part part)
    {
        SelectedBlockSeries walk = _blocks![part.Place];
        foreach (ChunkMeta chunk in ChunksOf(in part))
        {
            SampleColumns samples = _merge.Rent();
            _chunkDecoder.Decode(walk.Block, chunk, walk.DeletedOf(part.Series), ref samples);
            _merge.Add(in samples);
        }
    }

    private ReadOnlySpan<ChunkMeta> ChunksOf(in Part part) => CollectionsMarshal.AsSpan(_chunks).Slice(part.First, part.Count);

    /// <summary>Where samples of a series are.</summary>
    /// <param name="FirstMs">The first time there may be one at.</param>
    /// <param name="LastMs">The last one.</param>
    /// <param name="Place">That of the block among those of the selection, or <see cref="InHead"/>.</param>
    /// <param name="Series">The number of the series there.</param>
    /// <param name="First">Of the chunks, or of the views.</param>
    /// <param name="Count">How many of those.</param>
    /// <param name="ChunksOverlap">Whether a chunk begins before the one in front of it ends.</param>
    private readonly record struct Part(
        long FirstMs, long LastMs, int Place, uint Series, int First, int Count, bool ChunksOverlap);
}
