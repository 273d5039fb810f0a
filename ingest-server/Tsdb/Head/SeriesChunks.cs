namespace AmpEdge.Tsdb;

/// <summary>
/// Puts samples into the chunks of series and takes old chunks away. Every method belongs to the holder of the head's
/// commit lock; readers run beside it and see a series change through its version.
/// </summary>
internal sealed class SeriesChunks
{
    /// <summary>As in Prometheus: long enough for the encoding to pay off, short enough to decode for one point.</summary>
    public const int SamplesPerChunk = 120;

    /// <summary>A chunk of hard data is closed before it grows beyond this.</summary>
    public const int MaxChunkBytes = 1024;

    private const int FirstBlockBytes = 48;

    private readonly BlockSlab _blocks;
    private readonly ChunkArena _arena = new();
    private readonly PagedSlab<ClosedChunk> _closed = new();
    private readonly Retirement _retirement;
    private readonly long _chunkRangeMs;

    public SeriesChunks(BlockSlab blocks, Retirement retirement, TimeSpan chunkRange)
    {
        _blocks = blocks;
        _retirement = retirement;
        _chunkRangeMs = (long)chunkRange.TotalMilliseconds;
    }

    /// <summary>Chunks held, open ones included.</summary>
    public long Chunks { get; private set; }

    public long ChunksCreated { get; private set; }

    public long ChunksRemoved { get; private set; }

    /// <summary>Bytes of closed chunks' pages and their descriptors.</summary>
    public long BytesHeld => _arena.PageBytesHeld + (_closed.Capacity * 40);

    public ref readonly ClosedChunk Closed(uint chunk) => ref _closed[chunk];

    /// <summary>The bytes of a closed chunk: Prometheus's encoding 1, its header filled.</summary>
    public ReadOnlySpan<byte> ClosedBytes(in ClosedChunk chunk) => _arena.Get(chunk.Page, chunk.Offset, chunk.Length);

    /// <summary>The bytes of an open chunk; the header's count is not filled yet.</summary>
    public ReadOnlySpan<byte> OpenBytes(BlockRef block, int length) => _blocks.Get(block, length);

    /// <summary>Appends a sample that is later than the series' last one.</summary>
    public void Append(ref SeriesEntry entry, long timestampMs, double value, long sequence)
    {
        BeginWrite(ref entry);
        if (entry.LastSequence != sequence)
        {
            entry.AppendedBefore = entry.Appended;
            entry.LastSequence = sequence;
        }

        if (!entry.OpenBlock.IsNone && MustClose(in entry, timestampMs))
        {
            Close(ref entry, sequence);
        }

        if (entry.OpenBlock.IsNone)
        {
            Open(ref entry, timestampMs, value);
        }
        else
        {
            Span<byte> block = _blocks.Get(entry.OpenBlock);
            if (entry.Open.ByteLength + XorState.MaxSampleBytes > block.Length)
            {
                block = Enlarge(ref entry, block, sequence);
            }

            entry.Open.Append(block, timestampMs, value);
        }

        entry.Appended++;
        EndWrite(ref entry);
    }

    /// <summary>Takes away every chunk that ends before the time; true when the series then has no sample left.</summary>
    public bool DropBefore(ref SeriesEntry entry, long minTimeMs, long sequence)
    {
        bool dropOpen = !entry.OpenBlock.IsNone && entry.Open.TimestampMs < minTimeMs;
        bool dropClosed = entry.FirstChunk != 0 && _closed[entry.FirstChunk].MaxTimeMs < minTimeMs;
        if (dropOpen || dropClosed)
        {
            BeginWrite(ref entry);
            while (entry.FirstChunk != 0 && _closed[entry.FirstChunk].MaxTimeMs < minTimeMs)
            {
                uint dropped = entry.FirstChunk;
                bool last = dropped == entry.LastChunk;
                entry.FirstChunk = last ? 0 : _closed[dropped].Next;
                entry.LastChunk = last ? 0 : entry.LastChunk;
                _retirement.Retire(sequence, RetiredKind.ClosedChunk, dropped);
                CountRemoved();
            }

            if (dropOpen)
            {
                RetireOpen(ref entry, sequence);
                CountRemoved();
            }

            EndWrite(ref entry);
        }

        return entry.FirstChunk == 0 && entry.OpenBlock.IsNone;
    }

    /// <summary>Notes the ranges of the series' chunks that begin before a time, each with its first sample's time.</summary>
    public void NoteRanges(in SeriesEntry entry, long endMs, SortedDictionary<long, long> ranges)
    {
        for (uint chunk = entry.FirstChunk; chunk != 0; chunk = chunk == entry.LastChunk ? 0 : _closed[chunk].Next)
        {
            NoteRange(_closed[chunk].MinTimeMs, endMs, ranges);
        }

        if (!entry.OpenBlock.IsNone)
        {
            NoteRange(entry.OpenMinTimeMs, endMs, ranges);
        }
    }

    /// <summary>The first and the last time that the series has a sample at; false when it has none.</summary>
    public bool TryGetTimes(in SeriesEntry entry, out TimeInterval times)
    {
        long firstMs = entry.FirstChunk != 0 ? _closed[entry.FirstChunk].MinTimeMs : entry.OpenMinTimeMs;
        times = new TimeInterval(firstMs, entry.Open.TimestampMs);
        return entry.FirstChunk != 0 || !entry.OpenBlock.IsNone;
    }

    /// <summary>Gives the memory of a dropped chunk back, once nobody can read it.</summary>
    public void Release(uint chunk)
    {
        _arena.Release(_closed[chunk].Page);
        _closed.Return(chunk);
    }

    private void NoteRange(long firstMs, long endMs, SortedDictionary<long, long> ranges)
    {
        long startMs = BlockRanges.StartOf(firstMs, _chunkRangeMs);
        if (firstMs < endMs && (!ranges.TryGetValue(startMs, out long notedMs) || firstMs < notedMs))
        {
            ranges[startMs] = firstMs;
        }
    }

    private static void BeginWrite(ref SeriesEntry entry)
    {
        entry.Version++;
        Volatile.WriteBarrier();
    }

    private static void EndWrite(ref SeriesEntry entry) => Volatile.Write(ref entry.Version, entry.Version + 1);

    private static bool MustClose(in SeriesEntry entry, long timestampMs) =>
        entry.Open.Samples >= SamplesPerChunk
        || timestampMs >= entry.OpenEndTimeMs
        || entry.Open.ByteLength + XorState.MaxSampleBytes > MaxChunkBytes;

    /// <summary>The first multiple of the chunk range after a time.</summary>
    private long RangeEnd(long timestampMs)
    {
        long range = Math.DivRem(timestampMs, _chunkRangeMs, out long rest) + (rest < 0 ? 0 : 1);
        return range * _chunkRangeMs;
    }

    private void Open(ref SeriesEntry entry, long timestampMs, double value)
    {
        entry.OpenBlock = _blocks.Take(FirstBlockBytes);
        entry.OpenMinTimeMs = timestampMs;
        entry.OpenEndTimeMs = RangeEnd(timestampMs);
        entry.Open.Start(_blocks.Get(entry.OpenBlock), timestampMs, value);
        Chunks++;
        ChunksCreated++;
    }

    private void Close(ref SeriesEntry entry, long sequence)
    {
        Span<byte> bytes = _blocks.Get(entry.OpenBlock, entry.Open.ByteLength);
        uint chunk = _closed.Take();
        ref ClosedChunk closed = ref _closed[chunk];
        closed.MinTimeMs = entry.OpenMinTimeMs;
        closed.MaxTimeMs = entry.Open.TimestampMs;
        closed.Length = (ushort)bytes.Length;
        closed.Samples = entry.Open.Samples;
        // The count goes in before the copy; readers of the open chunk do not look at it.
        bytes[0] = (byte)(entry.Open.Samples >> 8);
        bytes[1] = (byte)entry.Open.Samples;
        _arena.Store(bytes, out closed.Page, out closed.Offset);
        if (entry.LastChunk == 0)
        {
            entry.FirstChunk = chunk;
        }
        else
        {
            _closed[entry.LastChunk].Next = chunk;
        }

        entry.LastChunk = chunk;
        RetireOpen(ref entry, sequence);
    }

    private void RetireOpen(ref SeriesEntry entry, long sequence)
    {
        _retirement.Retire(sequence, RetiredKind.Block, entry.OpenBlock.Value);
        entry.OpenBlock = default;
        entry.Open.Samples = 0;
        entry.Open.BitLength = 0;
    }

    private Span<byte> Enlarge(scoped ref SeriesEntry entry, scoped Span<byte> block, long sequence)
    {
        int length = entry.Open.ByteLength;
        int wanted = Math.Min(Math.Max(block.Length * 3 / 2, length + XorState.MaxSampleBytes), MaxChunkBytes);
        BlockRef larger = _blocks.Take(wanted);
        Span<byte> target = _blocks.Get(larger);
        block[..length].CopyTo(target);
        _retirement.Retire(sequence, RetiredKind.Block, entry.OpenBlock.Value);
        entry.OpenBlock = larger;
        return target;
    }

    private void CountRemoved()
    {
        Chunks--;
        ChunksRemoved++;
    }
}
