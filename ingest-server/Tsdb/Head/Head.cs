using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The newest samples of all series, in memory: labels, index and chunks in slabs. Requests come in through
/// <see cref="Commit"/>, one after the other; queries read beside them and see whole requests only.
/// </summary>
/// <remarks>
/// Lock order: the commit lock before the register's. Commits get rising sequence numbers; a query sees those up to the
/// number that was the last when it began. What a commit unlinks stays in place until no query and no appender is left
/// that began before it (<see cref="Retirement"/>). A query takes neither lock.
/// </remarks>
internal sealed class Head
{
    /// <summary>Walks over all series give the commit lock back after so many: appends go on in between.</summary>
    private const uint BatchSeries = 1024;

    private readonly Lock _commitLock = new();
    private readonly BlockSlab _blocks = new();
    private readonly SeriesRegister _register;
    private long _minTimeMs = long.MaxValue;
    private long _maxTimeMs = long.MinValue;
    private long _minValidTimeMs = long.MinValue;
    private int _liveSeries;
    private Tombstones _tombstones = Tombstones.None;

    public Head(DatabaseOptions options, ulong hashSeed)
    {
        _register = new SeriesRegister(_blocks, Retirement, hashSeed);
        Index = new HeadIndex(_blocks, Retirement, hashSeed);
        Chunks = new SeriesChunks(_blocks, Retirement, options.ChunkRange);
        Metadata = new MetadataStore(options.MaxMetadataFamilies);
        Exemplars = new ExemplarStore(options.MaxExemplars);
    }

    public Retirement Retirement { get; } = new();

    public SeriesKeys Keys => _register.Keys;

    public PagedSlab<SeriesEntry> Series => _register.Series;

    public HeadIndex Index { get; }

    public SeriesChunks Chunks { get; }

    public VersionLog Versions { get; } = new();

    public MetadataStore Metadata { get; }

    public ExemplarStore Exemplars { get; }

    public HeadCounters Counters { get; } = new();

    /// <summary>No sample is earlier; <see cref="long.MaxValue"/> without samples.</summary>
    public long MinTimeMs => Interlocked.Read(ref _minTimeMs);

    /// <summary>The newest sample's time; <see cref="long.MinValue"/> before the first.</summary>
    public long MaxTimeMs => Interlocked.Read(ref _maxTimeMs);

    /// <summary>Samples before it are in blocks: no further one is taken in order.</summary>
    public long MinValidTimeMs => Interlocked.Read(ref _minValidTimeMs);

    /// <summary>What is deleted of the head's samples, by the ids of series.</summary>
    public Tombstones Tombstones => Volatile.Read(ref _tombstones);

    /// <summary>Series with samples.</summary>
    public int LiveSeries => Volatile.Read(ref _liveSeries);

    /// <summary>Series held, also those that no sample was committed to yet and those whose memory is not free yet.</summary>
    public int HeldSeries => Series.Used;

    /// <summary>What the head takes, in bytes: slabs, arenas and tables. Takes longer with more label names.</summary>
    public long BytesHeld() =>
        _blocks.PageBytesHeld + Chunks.BytesHeld + (Series.Capacity * SeriesEntry.Bytes) + Keys.TableBytes + Index.TableBytes();

    /// <summary>The labels of a series that is not released.</summary>
    public Labels LabelsOf(uint series) => RawLabels.ToLabels(Keys.Get(Series[series].Key));

    /// <summary>
    /// Finds or makes the series of a label set and lets its raw form be found from now on. A new one is pending: no
    /// query sees it before it has a committed sample.
    /// </summary>
    /// <param name="raw">The labels as sent.</param>
    /// <param name="labels">What they say.</param>
    /// <param name="maxSeries">No series is made when so many are held.</param>
    /// <returns>
    /// The key of the raw form, or of the canonical one when the series has too many forms; 0 when there is no such
    /// series and none may be made.
    /// </returns>
    public uint GetOrCreateSeries(ReadOnlySpan<byte> raw, Labels labels, int maxSeries = int.MaxValue) =>
        _register.GetOrCreate(raw, labels, maxSeries);

    /// <summary>Finds the series of a label set without making one; its key, or 0.</summary>
    public uint FindSeries(Labels labels) => _register.Find(labels);

    /// <summary>
    /// Logs a request and makes it visible as a whole. When the log refuses it, its exception comes through and the head
    /// is as before.
    /// </summary>
    /// <param name="request">The samples, in any order of series.</param>
    /// <param name="log">Where it is written first; null while a log is replayed.</param>
    public CommitResult Commit(PendingRequest request, HeadLog? log)
    {
        lock (_commitLock)
        {
            long oldest = ReleaseRetired();
            Reattach(request);
            int segment = log?.Append(request, this) ?? 0;
            long sequence = Retirement.VisibleSequence + 1;
            CommitResult result = Apply(request, sequence, oldest);
            foreach (MetricMetadata metadata in request.Metadata)
            {
                Metadata.Add(metadata, segment);
            }

            Exemplars.Add(request, this);
            Retirement.Publish(sequence, Index.Ids.End);
            return result;
        }
    }

    /// <summary>
    /// Begins a cut: what is before its end does not change any more, but for samples out of order, and the log goes on in
    /// a segment of its own.
    /// </summary>
    /// <param name="endMs">The end, the first time that is not cut off.</param>
    /// <param name="log">The log; null after a replay.</param>
    /// <param name="lastSequence">The last commit before.</param>
    /// <returns>The number of the log's new segment.</returns>
    /// <exception cref="IOException">The disk refused the segment; nothing is changed.</exception>
    public int Freeze(long endMs, HeadLog? log, out long lastSequence)
    {
        lock (_commitLock)
        {
            int segment = log?.BeginSegment() ?? 0;
            Volatile.Write(ref _minValidTimeMs, Math.Max(_minValidTimeMs, endMs));
            lastSequence = Retirement.VisibleSequence;
            return segment;
        }
    }

    /// <summary>A sequence that only those see who enter from now on.</summary>
    public long NextSequence()
    {
        lock (_commitLock)
        {
            long sequence = Retirement.VisibleSequence + 1;
            Retirement.Publish(sequence, Index.Ids.End);
            return sequence;
        }
    }

    /// <summary>The chunk ranges that have samples before a time, by their start, with the first sample's time in each.</summary>
    public SortedDictionary<long, long> Ranges(long endMs)
    {
        SortedDictionary<long, long> ranges = [];
        for (uint first = 1; first < Series.End; first += BatchSeries)
        {
            lock (_commitLock)
            {
                uint end = Math.Min(first + BatchSeries, Series.End);
                for (uint series = first; series < end; series++)
                {
                    Chunks.NoteRanges(in Series[series], endMs, ranges);
                }
            }
        }

        return ranges;
    }

    /// <summary>
    /// Hides the samples between two times, both inclusive, of the series that meet every matcher. What such a series gets
    /// later is not hidden, unless it comes out of order.
    /// </summary>
    /// <param name="matchers">Which series.</param>
    /// <param name="times">Which samples.</param>
    /// <param name="log">Where the deletion is written first; null while a log is replayed.</param>
    /// <exception cref="IOException">The disk refused it; nothing is deleted.</exception>
    public void Delete(IReadOnlyList<Matcher> matchers, TimeInterval times, HeadLog? log)
    {
        lock (_commitLock)
        {
            log?.Append(matchers, times);
            List<(uint Series, TimeInterval Deleted)> deleted = [];
            foreach (uint id in new PostingsSearch<HeadPostings>(new HeadPostings(Index), CancellationToken.None).Find(matchers))
            {
                uint series = Index.Ids[id];
                if (series != 0 && Chunks.TryGetTimes(in Series[series], out TimeInterval held)
                    && times.MinTimeMs <= held.MaxTimeMs && times.MaxTimeMs >= held.MinTimeMs)
                {
                    deleted.Add((id, new TimeInterval(
                        Math.Max(times.MinTimeMs, held.MinTimeMs), Math.Min(times.MaxTimeMs, held.MaxTimeMs))));
                }
            }

            Volatile.Write(ref _tombstones, _tombstones.With(deleted));
            Retirement.Publish(Retirement.VisibleSequence + 1, Index.Ids.End);
        }
    }

    /// <summary>Drops chunks that end before a time, and series that are left without samples.</summary>
    /// <param name="minTimeMs">The time.</param>
    /// <param name="lateUpTo">Series that got a sample out of order after this commit keep all of those.</param>
    public void DropBefore(long minTimeMs, long lateUpTo = long.MaxValue)
    {
        // Each round of removals rewrites the posting lists it touches, so a round is large.
        const int RemoveSeries = 64 * 1024;
        long earliestMs = long.MaxValue;
        List<uint> empty = [];
        for (uint first = 1; first < Series.End; first += BatchSeries)
        {
            uint end = Math.Min(first + BatchSeries, Series.End);
            earliestMs = Math.Min(earliestMs, DropChunks(first, end, minTimeMs, lateUpTo, empty));
            if (empty.Count >= RemoveSeries)
            {
                RemoveEmpty(empty);
            }
        }

        RemoveEmpty(empty);
        lock (_commitLock)
        {
            _minTimeMs = Math.Max(_minTimeMs, Math.Min(earliestMs, _maxTimeMs));
            Volatile.Write(ref _tombstones, _tombstones.From(_minTimeMs));
        }
    }

    /// <summary>Takes series out of a record of a snapshot; before anything else is in the head.</summary>
    public void Restore(ReadOnlySpan<byte> series)
    {
        SpanReader reader = new(series);
        lock (_commitLock)
        {
            long sequence = Retirement.VisibleSequence + 1;
            while (!reader.AtEnd)
            {
                RestoreSeries(ref reader, sequence);
            }

            Retirement.Publish(sequence, Index.Ids.End);
        }
    }

    private void RestoreSeries(ref SpanReader reader, long sequence)
    {
        ReadOnlySpan<byte> labels = reader.ReadLengthPrefixed();
        Invariant.Require(!labels.IsEmpty, "the labels of a whole snapshot cannot be read");
        uint series = _register.Create(labels);
        ref SeriesEntry entry = ref Series[series];
        Prepare(ref entry, series, sequence, sequence);
        int deletions = reader.ReadUvarintInt32();
        for (int index = 0; index < deletions && !reader.Truncated; index++)
        {
            TimeInterval deleted = new(reader.ReadVarint(), reader.ReadVarint());
            Volatile.Write(ref _tombstones, _tombstones.With([entry.Id], deleted));
        }

        Chunks.Restore(ref reader, ref entry);
        entry.LastSequence = sequence;
        NoteTime(Chunks.MinTimeMs(in entry));
        NoteTime(Chunks.MaxTimeMs(in entry));
    }

    /// <summary>
    /// A series may have left the head between a request's lookup and its commit; such samples go to the series that
    /// has those labels now.
    /// </summary>
    private void Reattach(PendingRequest request)
    {
        foreach (ref PendingSample sample in request.Samples)
        {
            if (Series[sample.Series].State == SeriesState.Removed)
            {
                sample = sample with { Series = _register.SuccessorOf(sample.Series) };
            }
        }

        foreach (ref PendingHistogram histogram in request.Histograms)
        {
            if (Series[histogram.Series].State == SeriesState.Removed)
            {
                histogram = histogram with { Series = _register.SuccessorOf(histogram.Series) };
            }
        }

        foreach (ref PendingExemplar exemplar in request.Exemplars)
        {
            if (Series[exemplar.Series].State == SeriesState.Removed)
            {
                exemplar = exemplar with { Series = _register.SuccessorOf(exemplar.Series) };
            }
        }
    }

    private CommitResult Apply(PendingRequest request, long sequence, long oldest)
    {
        CommitTally tally = default;
        // A cut may have taken a part of the head since the request began.
        long oldestInOrderMs = Math.Max(request.OldestInOrderMs, _minValidTimeMs);
        foreach (ref readonly PendingSample sample in request.Samples)
        {
            ref SeriesEntry entry = ref Series[sample.Series];
            if (sample.TimestampMs >= oldestInOrderMs
                && (entry.Appended == 0 || sample.TimestampMs > entry.Open.TimestampMs))
            {
                Prepare(ref entry, sample.Series, sequence, oldest);
                Chunks.Append(ref entry, sample.TimestampMs, sample.Value, sequence);
                NoteTime(sample.TimestampMs);
                tally.Floats++;
                continue;
            }

            AppendOutcome outcome = AppendLate(
                ref entry, sample.Series, sample.TimestampMs, sample.Value, default, request, sequence, oldest);
            tally.Count(outcome, isHistogram: false, sample.Series, sample.TimestampMs);
        }

        foreach (ref readonly PendingHistogram histogram in request.Histograms)
        {
            AppendOutcome outcome = ApplyHistogram(request, in histogram, sequence, oldest);
            tally.Count(outcome, isHistogram: true, histogram.Series, histogram.TimestampMs);
        }

        Counters.Committed(tally.Floats, tally.Histograms);
        return tally.Result();
    }

    private AppendOutcome ApplyHistogram(PendingRequest request, in PendingHistogram histogram, long sequence, long oldest)
    {
        ref SeriesEntry entry = ref Series[histogram.Series];
        ReadOnlySpan<byte> body = request.BodyOf(in histogram);
        if (histogram.TimestampMs < Math.Max(request.OldestInOrderMs, _minValidTimeMs)
            || (entry.Appended > 0 && histogram.TimestampMs <= entry.Open.TimestampMs))
        {
            return AppendLate(ref entry, histogram.Series, histogram.TimestampMs, 0, body, request, sequence, oldest);
        }

        Prepare(ref entry, histogram.Series, sequence, oldest);
        Chunks.AppendHistogram(ref entry, histogram.TimestampMs, body, sequence);
        NoteTime(histogram.TimestampMs);
        return AppendOutcome.Appended;
    }

    /// <summary>
    /// Stores a sample that is not later than the newest of its series, when the out-of-order window of its request has
    /// it and the series has none at that time.
    /// </summary>
    private AppendOutcome AppendLate(
        ref SeriesEntry entry,
        uint series,
        long timestampMs,
        double value,
        ReadOnlySpan<byte> body,
        PendingRequest request,
        long sequence,
        long oldest)
    {
        bool isLast = entry.Appended > 0 && timestampMs == entry.Open.TimestampMs;
        if (!isLast && timestampMs < request.OldestLateMs)
        {
            return request.OldestLateMs == long.MaxValue && timestampMs >= _minValidTimeMs
                ? AppendOutcome.OutOfOrder
                : AppendOutcome.TooOld;
        }

        AppendOutcome outcome = SampleSearch.Compare(Chunks, in entry, timestampMs, value, body);
        if (outcome != AppendOutcome.Appended || isLast)
        {
            // The newest sample is not found when the retention has taken it: nothing is known about it but its time.
            return outcome == AppendOutcome.Appended ? AppendOutcome.DuplicateTimestamp : outcome;
        }

        Prepare(ref entry, series, sequence, oldest);
        if (entry.Side != 0)
        {
            ref SideEntry side = ref Chunks.Side(entry.Side);
            if (side.LateSequence != sequence && side.LateSequence > oldest)
            {
                Versions.Record(series | SeriesView.LateVersions, side.LateSequence, side.LateAppendedBefore);
            }
        }

        Chunks.AppendLate(ref entry, timestampMs, value, body, sequence);
        NoteTime(timestampMs);
        Counters.LateAppended++;
        return AppendOutcome.Appended;
    }

    /// <summary>Enters a new series into the index, and remembers the state of an old one for those who still read it.</summary>
    private void Prepare(ref SeriesEntry entry, uint series, long sequence, long oldest)
    {
        if (entry.State == SeriesState.Pending)
        {
            entry.Id = Index.Add(Keys.Get(entry.Key), series, sequence);
            entry.State = SeriesState.Live;
            Volatile.Write(ref _liveSeries, _liveSeries + 1);
            Counters.SeriesCreated++;
        }

        if (entry.LastSequence != sequence && entry.LastSequence > oldest)
        {
            Versions.Record(series, entry.LastSequence, entry.AppendedBefore);
        }
    }

    private void NoteTime(long timestampMs)
    {
        if (timestampMs > _maxTimeMs)
        {
            Volatile.Write(ref _maxTimeMs, timestampMs);
        }

        if (timestampMs < _minTimeMs)
        {
            Volatile.Write(ref _minTimeMs, timestampMs);
        }
    }

    /// <summary>Drops old chunks of the series in a range of places, and notes those that then have none.</summary>
    private long DropChunks(uint first, uint end, long minTimeMs, long lateUpTo, List<uint> empty)
    {
        long earliestMs = long.MaxValue;
        lock (_commitLock)
        {
            long sequence = Retirement.VisibleSequence + 1;
            for (uint series = first; series < end; series++)
            {
                ref SeriesEntry entry = ref Series[series];
                if (entry.State == SeriesState.Pending
                    || (entry.State == SeriesState.Live && Chunks.DropBefore(ref entry, minTimeMs, lateUpTo, sequence)))
                {
                    empty.Add(series);
                }
                else if (entry.State == SeriesState.Live)
                {
                    earliestMs = Math.Min(earliestMs, Chunks.MinTimeMs(in entry));
                }
            }

            Retirement.Publish(sequence, Index.Ids.End);
            ReleaseRetired();
        }

        return earliestMs;
    }

    /// <summary>Removes those series that still have no samples, and empties the list.</summary>
    private void RemoveEmpty(List<uint> empty)
    {
        if (empty.Count == 0)
        {
            return;
        }

        lock (_commitLock)
        {
            long sequence = Retirement.VisibleSequence + 1;
            empty.RemoveAll(series => !IsEmpty(in Series[series]));
            Remove(empty, sequence);
            Retirement.Publish(sequence, Index.Ids.End);
            ReleaseRetired();
        }

        empty.Clear();
    }

    /// <summary>A request may have been committed since the series was noted.</summary>
    private bool IsEmpty(in SeriesEntry entry) =>
        entry.State == SeriesState.Pending || (entry.State == SeriesState.Live && !Chunks.HasSamples(in entry));

    /// <summary>Takes series out of key table and index; their memory is released when nobody holds them any more.</summary>
    private void Remove(List<uint> removed, long sequence)
    {
        List<uint> indexedKeys = [];
        List<uint> ids = [];
        _register.Remove(removed, sequence, indexedKeys, ids);
        Index.Remove(indexedKeys, ids, Keys, sequence);
        Volatile.Write(ref _liveSeries, _liveSeries - ids.Count);
        Counters.SeriesRemoved += ids.Count;
    }

    /// <summary>Gives back what nobody can reach any more; returns the oldest snapshot that is being read.</summary>
    private long ReleaseRetired()
    {
        long oldest = Retirement.OldestSequence();
        Versions.Trim(oldest);
        while (Retirement.Release(oldest, out RetiredItem item))
        {
            switch (item.Kind)
            {
                case RetiredKind.Block:
                    _blocks.Return(new BlockRef(item.Reference));
                    break;
                case RetiredKind.ClosedChunk:
                    Chunks.Release(item.Reference);
                    break;
                case RetiredKind.Key:
                    _register.ReleaseKey(item.Reference);
                    break;
                default:
                    if (Series[item.Reference].Side is > 0 and var side)
                    {
                        Chunks.ReleaseSide(side);
                    }

                    _register.ReleaseSeries(item.Reference);
                    break;
            }
        }

        return oldest;
    }
}
