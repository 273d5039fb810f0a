using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The newest samples of all series, in memory: labels, index and chunks in slabs. Requests come in through
/// <see cref="Commit"/>; queries read beside them and see whole requests only.
/// </summary>
/// <remarks>
/// Commits get rising sequence numbers and go through <see cref="CommitStages"/>, several at a time (<see cref="HeadCommits"/>);
/// what must not have one beside it stops them for a moment. A query sees the commits up to the number that was the last when
/// it began, and takes no lock of those. What a commit unlinks stays in place until no query and no appender is left that
/// began before it (<see cref="Retirement"/>).
/// </remarks>
internal sealed class Head
{
    /// <summary>Walks over all series let commits go on after so many.</summary>
    public const uint BatchSeries = 1024;

    private readonly BlockSlab _blocks = new();
    private readonly HeadCommits _commits;
    private readonly HeadTruncation _truncation;
    private readonly Lock _releaseLock = new();
    private long _lastSequence;
    private long _removals;
    private int _liveSeries;
    private Tombstones _tombstones = Tombstones.None;

    public Head(DatabaseOptions options, ulong hashSeed)
    {
        Register = new SeriesRegister(_blocks, Retirement, hashSeed);
        Index = new HeadIndex(_blocks, Retirement, hashSeed);
        Chunks = new SeriesChunks(_blocks, Retirement, options.ChunkRange);
        Metadata = new MetadataStore(options.MaxMetadataFamilies);
        Exemplars = new ExemplarStore(options.MaxExemplars);
        _commits = new HeadCommits(this);
        _truncation = new HeadTruncation(this);
    }

    public CommitStages Stages { get; } = new();

    public Retirement Retirement { get; } = new();

    public SeriesRegister Register { get; }

    public SeriesKeys Keys => Register.Keys;

    public PagedSlab<SeriesEntry> Series => Register.Series;

    public HeadIndex Index { get; }

    public SeriesChunks Chunks { get; }

    public VersionLog Versions { get; } = new();

    public MetadataStore Metadata { get; }

    public ExemplarStore Exemplars { get; }

    public HeadCounters Counters { get; } = new();

    public HeadTimes Times { get; } = new();

    /// <summary>No sample is earlier; <see cref="long.MaxValue"/> without samples.</summary>
    public long MinTimeMs => Times.MinMs;

    /// <summary>The newest sample's time; <see cref="long.MinValue"/> before the first.</summary>
    public long MaxTimeMs => Times.MaxMs;

    /// <summary>Samples before it are in blocks: no further one is taken in order.</summary>
    public long MinValidTimeMs => Times.MinValidMs;

    /// <summary>What is deleted of the head's samples, by the ids of series.</summary>
    public Tombstones Tombstones => Volatile.Read(ref _tombstones);

    /// <summary>How often series have left the head: a request that sees no change need not look for some of its own.</summary>
    public long Removals => Interlocked.Read(ref _removals);

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
        Register.GetOrCreate(raw, labels, maxSeries);

    /// <summary>Finds the series of a label set without making one; its key, or 0.</summary>
    public uint FindSeries(Labels labels) => Register.Find(labels);

    /// <summary>
    /// Logs a request and makes it visible as a whole. When the log refuses it, its exception comes through and the head
    /// is as before.
    /// </summary>
    /// <param name="request">The samples, in any order of series.</param>
    /// <param name="log">Where it is written first; null while a log is replayed.</param>
    public CommitResult Commit(PendingRequest request, HeadLog? log) => _commits.Commit(request, log);

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
        using (Stages.Stop())
        {
            int segment = log?.BeginSegment() ?? 0;
            Times.MinValidMs = endMs;
            lastSequence = Retirement.VisibleSequence;
            return segment;
        }
    }

    /// <summary>A sequence that only those see who enter from now on.</summary>
    public long NextSequence()
    {
        using (Stages.Stop())
        {
            long sequence = NewSequence();
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
            using (Stages.Stop())
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
        using (Stages.Stop())
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
            Retirement.Publish(NewSequence(), Index.Ids.End);
        }
    }

    /// <summary>Drops chunks that end before a time, and series that are left without samples.</summary>
    /// <param name="minTimeMs">The time.</param>
    /// <param name="lateUpTo">Series that got a sample out of order after this commit keep all of those.</param>
    public void DropBefore(long minTimeMs, long lateUpTo = long.MaxValue) => _truncation.DropBefore(minTimeMs, lateUpTo);

    /// <summary>Takes series out of a record of a snapshot; before anything else is in the head.</summary>
    public void Restore(ReadOnlySpan<byte> series)
    {
        SpanReader reader = new(series);
        using (Stages.Stop())
        {
            long sequence = NewSequence();
            while (!reader.AtEnd)
            {
                RestoreSeries(ref reader, sequence);
            }

            Index.Finish(sequence);
            Retirement.Publish(sequence, Index.Ids.End);
        }
    }

    /// <summary>The number of the next commit; for who is in the stage of the log, or has stopped the commits.</summary>
    public long NewSequence() => ++_lastSequence;

    /// <summary>
    /// Enters a series that has its first sample into the index, and is nothing for another one; for who is in the stage of
    /// new series, or has stopped the commits. <see cref="HeadIndex.Finish"/> ends it, once for many series.
    /// </summary>
    public void EnterIndex(ref SeriesEntry entry, uint series, long sequence)
    {
        if (entry.State == SeriesState.Pending)
        {
            entry.Id = Index.Add(Keys.Get(entry.Key), series, sequence);
            entry.State = SeriesState.Live;
            Volatile.Write(ref _liveSeries, _liveSeries + 1);
            Counters.SeriesCreated++;
        }
    }

    /// <summary>
    /// Takes series out of key table and index while the commits are stopped; their memory is released when nobody holds
    /// them any more.
    /// </summary>
    public void Remove(List<uint> removed, long sequence)
    {
        List<uint> indexedKeys = [];
        List<uint> ids = [];
        Register.Remove(removed, sequence, indexedKeys, ids);
        Index.Remove(indexedKeys, ids, Keys, sequence);
        Volatile.Write(ref _liveSeries, _liveSeries - ids.Count);
        Counters.SeriesRemoved += ids.Count;

        // Last: a request that still sees the old number looks series up while some of these can be found.
        Interlocked.Increment(ref _removals);
    }

    /// <summary>Gives back the pages that are kept for what comes next, when nothing is in them.</summary>
    public void DropEmptyPages()
    {
        _blocks.DropEmptyPages();
        Chunks.DropEmptyPage();
    }

    /// <summary>No sample is earlier any more: forgets what was deleted before.</summary>
    public void TrimTombstones() => Volatile.Write(ref _tombstones, _tombstones.From(Times.MinMs));

    /// <summary>Gives back what nobody can reach any more, unless somebody is at it; returns the oldest snapshot in use.</summary>
    public long ReleaseRetired()
    {
        long oldest = Retirement.OldestSequence();
        if (!_releaseLock.TryEnter())
        {
            return oldest;
        }

        try
        {
            Versions.Trim(oldest);
            while (Retirement.Release(oldest, out RetiredItem item))
            {
                Release(item);
            }
        }
        finally
        {
            _releaseLock.Exit();
        }

        return oldest;
    }

    private void RestoreSeries(ref SpanReader reader, long sequence)
    {
        ReadOnlySpan<byte> labels = reader.ReadLengthPrefixed();
        Invariant.Require(!labels.IsEmpty, "the labels of a whole snapshot cannot be read");
        uint series = Register.SeriesOf(labels);
        ref SeriesEntry entry = ref Series[series];
        EnterIndex(ref entry, series, sequence);
        int deletions = reader.ReadUvarintInt32();
        for (int index = 0; index < deletions && !reader.Truncated; index++)
        {
            TimeInterval deleted = new(reader.ReadVarint(), reader.ReadVarint());
            Volatile.Write(ref _tombstones, _tombstones.With([entry.Id], deleted));
        }

        Chunks.Restore(ref reader, ref entry);
        entry.LastSequence = sequence;
        Times.Note(Chunks.MinTimeMs(in entry), Chunks.MaxTimeMs(in entry));
    }

    private void Release(RetiredItem item)
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
                Register.ReleaseKey(item.Reference);
                break;
            default:
                if (Series[item.Reference].Side is > 0 and var side)
                {
                    Chunks.ReleaseSide(side);
                }

                Register.ReleaseSeries(item.Reference);
                break;
        }
    }
}
