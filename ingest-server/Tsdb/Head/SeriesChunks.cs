using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Puts samples into the chunks of series and takes old chunks away. One thread at a time writes to a series, several to
/// different ones; readers run beside them and see a series change through its version.
/// </summary>
internal sealed partial class SeriesChunks
{
    /// <summary>As in Prometheus: long enough for the encoding to pay off, short enough to decode for one point.</summary>
    public const int SamplesPerChunk = 120;

    /// <summary>A chunk of hard data is closed before it grows beyond this.</summary>
    public const int MaxChunkBytes = 1024;

    /// <summary>
    /// The same for a sample log, which has no chunk's encoding: histograms are several times as large as floats. One
    /// sample may be larger.
    /// </summary>
    public const int MaxLogBytes = 4096;

    private const int FirstBlockBytes = 48;

    private readonly BlockSlab _blocks;
    private readonly ChunkStore _store = new();
    private readonly Retirement _retirement;
    private readonly long _chunkRangeMs;
    private long _chunksCreated;
    private long _chunksRemoved;

    public SeriesChunks(BlockSlab blocks, Retirement retirement, TimeSpan chunkRange)
    {
        _blocks = blocks;
        _retirement = retirement;
        _chunkRangeMs = (long)chunkRange.TotalMilliseconds;
    }

    /// <summary>Chunks held, open ones included.</summary>
    public long Chunks => ChunksCreated - ChunksRemoved;

    public long ChunksCreated => Interlocked.Read(ref _chunksCreated);

    public long ChunksRemoved => Interlocked.Read(ref _chunksRemoved);

    /// <summary>Bytes of closed chunks' pages, of their descriptors and of side entries.</summary>
    public long BytesHeld => _store.BytesHeld;

    public ref SideEntry Side(uint side) => ref _store.Side(side);

    public ref readonly ClosedChunk Closed(uint chunk) => ref _store.Closed(chunk);

    /// <summary>The bytes of a closed chunk: Prometheus's encoding 1, its header filled.</summary>
    public ReadOnlySpan<byte> ClosedBytes(in ClosedChunk chunk) => _store.BytesOf(in chunk);

    /// <summary>The bytes of an open chunk; the header's count is not filled yet.</summary>
    public ReadOnlySpan<byte> OpenBytes(BlockRef block, int length) => _blocks.Get(block, length);

    /// <summary>Whether the series has any chunk.</summary>
    public bool HasSamples(in SeriesEntry entry) =>
        entry.FirstChunk != 0 || !entry.OpenBlock.IsNone
        || (entry.Side != 0 && (_store.Side(entry.Side).LateFirst != 0 || !_store.Side(entry.Side).LateBlock.IsNone));

    /// <summary>No sample of the series is earlier; meaningful while it has one.</summary>
    public long MinTimeMs(in SeriesEntry entry)
    {
        long inOrderMs = entry.FirstChunk != 0 ? _store.Closed(entry.FirstChunk).MinTimeMs
            : entry.OpenBlock.IsNone ? long.MaxValue
            : entry.OpenMinTimeMs;
        if (entry.Side == 0)
        {
            return inOrderMs;
        }

        ref SideEntry side = ref _store.Side(entry.Side);
        bool hasLate = side.LateFirst != 0 || !side.LateBlock.IsNone;
        return hasLate ? Math.Min(inOrderMs, side.LateMinTimeMs) : inOrderMs;
    }

    /// <summary>No sample of the series is later; meaningful while it has one.</summary>
    public long MaxTimeMs(in SeriesEntry entry)
    {
        bool hasInOrder = entry.FirstChunk != 0 || !entry.OpenBlock.IsNone;
        long inOrderMs = hasInOrder ? entry.Open.TimestampMs : long.MinValue;
        return entry.Side == 0 ? inOrderMs : Math.Max(inOrderMs, _store.Side(entry.Side).LateMaxTimeMs);
    }

    /// <summary>Appends a sample that is later than the series' last one.</summary>
    public void Append(ref SeriesEntry entry, long timestampMs, double value, long sequence)
    {
        BeginWrite(ref entry);
        NoteSequence(ref entry, sequence);
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
                int used = entry.Open.ByteLength;
                block = Enlarge(ref entry.OpenBlock, used, used + XorState.MaxSampleBytes, MaxChunkBytes, sequence);
            }

            entry.Open.Append(block, timestampMs, value);
        }

        entry.Appended++;
        EndWrite(ref entry);
    }

    /// <summary>
    /// Appends a native histogram that is later than the series' last sample, with the counter reset hint that the one
    /// before it gives.
    /// </summary>
    public void AppendHistogram(
        ref SeriesEntry entry, long timestampMs, ReadOnlySpan<byte> body, long sequence, HistogramPair compared)
    {
        BeginWrite(ref entry);
        NoteSequence(ref entry, sequence);
        if (entry.Side == 0)
        {
            entry.Side = _store.TakeSide();
        }

        ref SideEntry side = ref _store.Side(entry.Side);
        CounterResetHint hint = HintOf(in entry, body, compared);
        int size = body.Length + SampleLog.MaxEntryBytes;
        bool mustClose = entry.LastForm != ChunkForm.Log
            || entry.Open.Samples >= SamplesPerChunk
            || (ulong)(timestampMs - entry.OpenMinTimeMs) >= entry.OpenSpanMs
            || side.OpenBytes + size > MaxLogBytes;
        if (!entry.OpenBlock.IsNone && mustClose)
        {
            Close(ref entry, sequence);
        }

        if (entry.OpenBlock.IsNone)
        {
            BeginOpen(ref entry, timestampMs, Math.Max(size, FirstBlockBytes), ChunkForm.Log);
            side.OpenBytes = 0;
            entry.Open.TimestampMs = 0;
        }

        Span<byte> block = _blocks.Get(entry.OpenBlock);
        if (side.OpenBytes + size > block.Length)
        {
            block = Enlarge(ref entry.OpenBlock, side.OpenBytes, side.OpenBytes + size, MaxLogBytes, sequence);
        }

        side.OpenBytes += SampleLog.Write(block[side.OpenBytes..], entry.Open.TimestampMs, timestampMs, body);
        side.OpenLastBody = side.OpenBytes - body.Length;
        HistogramBody.SetHint(block[side.OpenLastBody..], hint);
        entry.Open.TimestampMs = timestampMs;
        entry.Open.Samples++;
        entry.Appended++;
        EndWrite(ref entry);
    }

    /// <summary>The body of the newest sample, when it is a histogram whose chunk is still open; else empty.</summary>
    public ReadOnlySpan<byte> LastBody(in SeriesEntry entry) =>
        entry.LastForm == ChunkForm.Log && !entry.OpenBlock.IsNone
            ? _blocks.Get(entry.OpenBlock, _store.Side(entry.Side).OpenBytes)[_store.Side(entry.Side).OpenLastBody..]
            : default;

    /// <summary>Appends a sample that is not later than the series' last one; an empty body means the float.</summary>
    public void AppendLate(ref SeriesEntry entry, long timestampMs, double value, ReadOnlySpan<byte> body, long sequence)
    {
        BeginWrite(ref entry);
        if (entry.Side == 0)
        {
            entry.Side = _store.TakeSide();
        }

        ref SideEntry side = ref _store.Side(entry.Side);
        if (side.LateSequence != sequence)
        {
            side.LateAppendedBefore = side.LateAppended;
            side.LateSequence = sequence;
        }

        int size = body.Length + SampleLog.MaxEntryBytes;
        if (!side.LateBlock.IsNone && LateMustClose(in side, timestampMs, size))
        {
            CloseLate(ref side, sequence);
        }

        if (side.LateBlock.IsNone)
        {
            side.LateBlock = _blocks.Take(Math.Max(size, FirstBlockBytes));
            (side.LateBytes, side.LateSamples, side.LateLastTimeMs) = (0, 0, 0);
            (side.LateOpenMinTimeMs, side.LateOpenMaxTimeMs) = (timestampMs, timestampMs);
            CountCreated();
        }

        Span<byte> block = _blocks.Get(side.LateBlock);
        if (side.LateBytes + size > block.Length)
        {
            block = Enlarge(ref side.LateBlock, side.LateBytes, side.LateBytes + size, MaxLogBytes, sequence);
        }

        Span<byte> room = block[side.LateBytes..];
        side.LateBytes += body.IsEmpty
            ? SampleLog.Write(room, side.LateLastTimeMs, timestampMs, value)
            : SampleLog.Write(room, side.LateLastTimeMs, timestampMs, body);
        NoteLate(ref side, timestampMs);
        EndWrite(ref entry);
    }

    /// <summary>
    /// Takes away every chunk that ends before the time; those of samples out of order only when the last of these came with
    /// commit <paramref name="lateUpTo"/> or before. True when the series then has no sample left.
    /// </summary>
    public bool DropBefore(ref SeriesEntry entry, long minTimeMs, long lateUpTo, long sequence)
    {
        bool dropOpen = !entry.OpenBlock.IsNone && entry.Open.TimestampMs < minTimeMs;
        bool dropClosed = entry.FirstChunk != 0 && _store.Closed(entry.FirstChunk).MaxTimeMs < minTimeMs;
        if (dropOpen || dropClosed)
        {
            BeginWrite(ref entry);
            DropClosed(ref entry.FirstChunk, ref entry.LastChunk, minTimeMs, sequence);
            if (dropOpen)
            {
                RetireOpen(ref entry, sequence);
                CountRemoved();
            }

            EndWrite(ref entry);
        }

        bool hasLate = DropLateBefore(ref entry, minTimeMs, lateUpTo, sequence);
        return entry.FirstChunk == 0 && entry.OpenBlock.IsNone && !hasLate;
    }

    /// <summary>Notes the ranges of the series' chunks that begin before a time, each with its first sample's time.</summary>
    public void NoteRanges(in SeriesEntry entry, long endMs, SortedDictionary<long, long> ranges)
    {
        for (uint chunk = entry.FirstChunk; chunk != 0; chunk = chunk == entry.LastChunk ? 0 : _store.Closed(chunk).Next)
        {
            NoteRange(_store.Closed(chunk).MinTimeMs, endMs, ranges);
        }

        if (!entry.OpenBlock.IsNone)
        {
            NoteRange(entry.OpenMinTimeMs, endMs, ranges);
        }

        if (entry.Side != 0)
        {
            NoteLateRanges(in _store.Side(entry.Side), endMs, ranges);
        }
    }

    /// <summary>The first and the last time that the series has a sample at; false when it has none.</summary>
    public bool TryGetTimes(in SeriesEntry entry, out TimeInterval times)
    {
        times = new TimeInterval(MinTimeMs(in entry), MaxTimeMs(in entry));
        return HasSamples(in entry);
    }

    /// <summary>Gives the memory of a dropped chunk back, once nobody can read it.</summary>
    public void Release(uint chunk) => _store.Release(chunk);

    /// <summary>The same for the side entry of a series that is gone.</summary>
    public void ReleaseSide(uint side) => _store.ReleaseSide(side);

    /// <summary>Gives back what is kept for chunks to come.</summary>
    public void DropEmptyPage() => _store.DropEmptyPage();

    private void NoteLateRanges(in SideEntry side, long endMs, SortedDictionary<long, long> ranges)
    {
        for (uint chunk = side.LateFirst; chunk != 0; chunk = chunk == side.LateLast ? 0 : _store.Closed(chunk).Next)
        {
            NoteRange(_store.Closed(chunk).MinTimeMs, endMs, ranges);
        }

        if (!side.LateBlock.IsNone)
        {
            NoteRange(side.LateOpenMinTimeMs, endMs, ranges);
        }
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
        entry.LastForm != ChunkForm.Xor
        || entry.Open.Samples >= SamplesPerChunk
        || (ulong)(timestampMs - entry.OpenMinTimeMs) >= entry.OpenSpanMs
        || entry.Open.ByteLength + XorState.MaxSampleBytes > MaxChunkBytes;

    /// <summary>The first multiple of the chunk range after a time.</summary>
    private long RangeEnd(long timestampMs)
    {
        long range = Math.DivRem(timestampMs, _chunkRangeMs, out long rest) + (rest < 0 ? 0 : 1);
        return range * _chunkRangeMs;
    }

    private void Open(ref SeriesEntry entry, long timestampMs, double value)
    {
        BeginOpen(ref entry, timestampMs, FirstBlockBytes, ChunkForm.Xor);
        entry.Open.Start(_blocks.Get(entry.OpenBlock), timestampMs, value);
    }

    private void BeginOpen(ref SeriesEntry entry, long timestampMs, int bytes, ChunkForm form)
    {
        entry.OpenBlock = _blocks.Take(bytes);
        entry.OpenMinTimeMs = timestampMs;
        // Times may lie at the ends of what 64 bits hold: differences are right, whatever wraps on the way.
        entry.OpenSpanMs = (uint)Math.Min((ulong)(RangeEnd(timestampMs) - timestampMs), uint.MaxValue);
        entry.LastForm = form;
        CountCreated();
    }

    private static void NoteSequence(ref SeriesEntry entry, long sequence)
    {
        if (entry.LastSequence != sequence)
        {
            entry.AppendedBefore = entry.Appended;
            entry.LastSequence = sequence;
        }
    }

    private CounterResetHint HintOf(in SeriesEntry entry, ReadOnlySpan<byte> body, HistogramPair compared)
    {
        Invariant.Require(HistogramBody.TryRead(body, compared.Next), "a histogram was not checked before its commit");
        CounterResetHint hint = compared.Next.CounterResetHint;
        ReadOnlySpan<byte> last = LastBody(in entry);
        if (last.IsEmpty)
        {
            return hint == CounterResetHint.NotReset ? CounterResetHint.Unknown : hint;
        }

        Invariant.Require(HistogramBody.TryRead(last, compared.Previous), "a histogram of the head cannot be read");
        return CounterResets.Between(compared.Previous, compared.Next);
    }

    /// <summary>An out-of-order chunk lies within one chunk range too, so that it goes when its range goes.</summary>
    private bool LateMustClose(in SideEntry side, long timestampMs, int size) =>
        side.LateSamples >= SamplesPerChunk
        || side.LateBytes + size > MaxLogBytes
        || RangeEnd(timestampMs) != RangeEnd(side.LateOpenMinTimeMs);

    private static void NoteLate(ref SideEntry side, long timestampMs)
    {
        bool isFirst = side.LateFirst == 0 && side.LateSamples == 0;
        side.LateMinTimeMs = isFirst ? timestampMs : Math.Min(side.LateMinTimeMs, timestampMs);
        side.LateMaxTimeMs = isFirst ? timestampMs : Math.Max(side.LateMaxTimeMs, timestampMs);
        side.LateOpenMinTimeMs = Math.Min(side.LateOpenMinTimeMs, timestampMs);
        side.LateOpenMaxTimeMs = Math.Max(side.LateOpenMaxTimeMs, timestampMs);
        side.LateLastTimeMs = timestampMs;
        side.LateSamples++;
        side.LateAppended++;
    }

    private void CloseLate(ref SideEntry side, long sequence)
    {
        uint chunk = _store.Store(_blocks.Get(side.LateBlock, side.LateBytes), side.LateSamples, ChunkForm.Log);
        _store.Closed(chunk).MinTimeMs = side.LateOpenMinTimeMs;
        _store.Closed(chunk).MaxTimeMs = side.LateOpenMaxTimeMs;
        _store.Link(ref side.LateFirst, ref side.LateLast, chunk);
        _retirement.Retire(sequence, RetiredKind.Block, side.LateBlock.Value);
        side.LateBlock = default;
    }

    /// <summary>
    /// Takes away out-of-order chunks that end before the time, oldest ones first; whether any is left. One that came
    /// earlier and lasts longer keeps those behind it until it goes, because queries count samples from the end.
    /// </summary>
    private bool DropLateBefore(ref SeriesEntry entry, long minTimeMs, long lateUpTo, long sequence)
    {
        if (entry.Side == 0)
        {
            return false;
        }

        ref SideEntry side = ref _store.Side(entry.Side);
        if (side.LateSequence > lateUpTo)
        {
            // Some of them came after the cut and are in no block; the next cut takes them all.
            return side.LateFirst != 0 || !side.LateBlock.IsNone;
        }

        bool dropClosed = side.LateFirst != 0 && _store.Closed(side.LateFirst).MaxTimeMs < minTimeMs;
        bool dropOpen = side.LateFirst == 0 && !side.LateBlock.IsNone && side.LateOpenMaxTimeMs < minTimeMs;
        if (dropClosed || dropOpen)
        {
            BeginWrite(ref entry);
            DropClosed(ref side.LateFirst, ref side.LateLast, minTimeMs, sequence);
            if (side.LateFirst == 0 && !side.LateBlock.IsNone && side.LateOpenMaxTimeMs < minTimeMs)
            {
                _retirement.Retire(sequence, RetiredKind.Block, side.LateBlock.Value);
                side.LateBlock = default;
                CountRemoved();
            }

            NoteLateBegin(ref side);
            EndWrite(ref entry);
        }

        return side.LateFirst != 0 || !side.LateBlock.IsNone;
    }

    private void NoteLateBegin(ref SideEntry side)
    {
        long earliestMs = side.LateBlock.IsNone ? long.MaxValue : side.LateOpenMinTimeMs;
        for (uint chunk = side.LateFirst; chunk != 0;)
        {
            earliestMs = Math.Min(earliestMs, _store.Closed(chunk).MinTimeMs);
            chunk = chunk == side.LateLast ? 0 : _store.Closed(chunk).Next;
        }

        side.LateMinTimeMs = earliestMs;
    }

    private void Close(ref SeriesEntry entry, long sequence)
    {
        bool isXor = entry.LastForm == ChunkForm.Xor;
        Span<byte> bytes = _blocks.Get(entry.OpenBlock, isXor ? entry.Open.ByteLength : _store.Side(entry.Side).OpenBytes);
        if (isXor)
        {
            // The count goes in before the copy; readers of the open chunk do not look at it.
            bytes[0] = (byte)(entry.Open.Samples >> 8);
            bytes[1] = (byte)entry.Open.Samples;
        }

        uint chunk = _store.Store(bytes, entry.Open.Samples, entry.LastForm);
        _store.Closed(chunk).MinTimeMs = entry.OpenMinTimeMs;
        _store.Closed(chunk).MaxTimeMs = entry.Open.TimestampMs;
        _store.Link(ref entry.FirstChunk, ref entry.LastChunk, chunk);
        RetireOpen(ref entry, sequence);
    }

    private void DropClosed(ref uint first, ref uint last, long minTimeMs, long sequence)
    {
        while (first != 0 && _store.Closed(first).MaxTimeMs < minTimeMs)
        {
            uint dropped = first;
            bool isLast = dropped == last;
            first = isLast ? 0 : _store.Closed(dropped).Next;
            last = isLast ? 0 : last;
            _retirement.Retire(sequence, RetiredKind.ClosedChunk, dropped);
            CountRemoved();
        }
    }

    private void RetireOpen(ref SeriesEntry entry, long sequence)
    {
        _retirement.Retire(sequence, RetiredKind.Block, entry.OpenBlock.Value);
        entry.OpenBlock = default;
        entry.Open.Samples = 0;
        entry.Open.BitLength = 0;
    }

    /// <summary>Moves the open chunk to a block with room for so many bytes, and half as many more up to a bound.</summary>
    private Span<byte> Enlarge(scoped ref BlockRef block, int used, int needed, int bound, long sequence)
    {
        Span<byte> old = _blocks.Get(block);
        int wanted = Math.Max(needed, Math.Min(old.Length * 3 / 2, bound));
        BlockRef larger = _blocks.Take(wanted);
        Span<byte> target = _blocks.Get(larger);
        old[..used].CopyTo(target);
        _retirement.Retire(sequence, RetiredKind.Block, block.Value);
        block = larger;
        return target;
    }

    private void CountCreated() => Interlocked.Increment(ref _chunksCreated);

    private void CountRemoved() => Interlocked.Increment(ref _chunksRemoved);
}
