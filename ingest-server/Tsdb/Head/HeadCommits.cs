using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Brings requests into the head. A commit goes through these steps, each in a stage of its own (<see cref="CommitStages"/>)
/// but the first: (1) its log record is encoded beside all others; (2) the record is written and the commit gets its number;
/// (3) new series are entered into the index; (4) shard by shard its samples are judged and appended; (5) queries see it.
/// </summary>
/// <remarks>
/// Every stage sees commits in the order of the log, so a replay, which takes one after the other, judges each sample as
/// its commit did.
/// </remarks>
internal sealed class HeadCommits(Head head)
{
    private readonly Head _head = head;

    /// <summary>See <see cref="Head.Commit"/>.</summary>
    public CommitResult Commit(PendingRequest request, HeadLog? log)
    {
        Commitment commit = new() { Oldest = _head.ReleaseRetired() };
        request.SplitByShard();
        log?.Encode(request, _head);
        CommitStages.Passage passage = _head.Stages.Enter();
        try
        {
            return Commit(request, log, ref passage, ref commit);
        }
        finally
        {
            passage.Leave();
        }
    }

    private CommitResult Commit(
        PendingRequest request, HeadLog? log, ref CommitStages.Passage passage, ref Commitment commit)
    {
        if (request.Removals != _head.Removals)
        {
            Reattach(request);
        }

        int segment = log?.Append(request, _head) ?? 0;
        commit.Sequence = _head.NewSequence();
        // A cut may have taken a part of the head since the request began.
        commit.OldestInOrderMs = Math.Max(request.OldestInOrderMs, _head.MinValidTimeMs);

        passage.MoveOn();
        uint idEnd = EnterNewSeries(request, commit.Sequence);
        CommitTally tally = new();
        for (int shard = 0; shard < CommitStages.Shards; shard++)
        {
            passage.MoveOn();
            Apply(request, shard, in commit, ref tally);
        }

        passage.MoveOn();
        Publish(request, segment, commit.Sequence, idEnd, in tally);
        return tally.Result();
    }

    private void Publish(PendingRequest request, int segment, long sequence, uint idEnd, in CommitTally tally)
    {
        foreach (MetricMetadata metadata in request.Metadata)
        {
            _head.Metadata.Add(metadata, segment);
        }

        _head.Exemplars.Add(request, _head);
        _head.Times.Note(tally.Times.MinTimeMs, tally.Times.MaxTimeMs);
        _head.Counters.Committed(in tally);
        _head.Retirement.Publish(sequence, idEnd);
    }

    /// <summary>
    /// A series may have left the head between a request's lookup and its commit; such samples go to the series that
    /// has those labels now.
    /// </summary>
    private void Reattach(PendingRequest request)
    {
        bool changed = false;
        Span<PendingSample> samples = request.Samples;
        for (int place = 0; place < samples.Length; place++)
        {
            if (TrySucceed(samples[place].Series, out uint successor))
            {
                samples[place] = samples[place] with { Series = successor };
                request.FirstSamples.Add(place);
                changed = true;
            }
        }

        Span<PendingHistogram> histograms = request.Histograms;
        for (int place = 0; place < histograms.Length; place++)
        {
            if (TrySucceed(histograms[place].Series, out uint successor))
            {
                histograms[place] = histograms[place] with { Series = successor };
                request.FirstHistograms.Add(place);
                changed = true;
            }
        }

        foreach (ref PendingExemplar exemplar in request.Exemplars)
        {
            if (TrySucceed(exemplar.Series, out uint successor))
            {
                exemplar = exemplar with { Series = successor };
                changed = true;
            }
        }

        if (changed)
        {
            request.SplitByShard();
            request.Record?.Clear();
        }
    }

    private bool TrySucceed(uint series, out uint successor)
    {
        bool isRemoved = _head.Series[series].State == SeriesState.Removed;
        successor = isRemoved ? _head.Register.SuccessorOf(series) : series;
        return isRemoved;
    }

    /// <summary>
    /// Enters those series into the index that get their first sample; returns where the ids end that this commit and those
    /// before it made. Should a cut have made all their samples too old meanwhile, they leave with the next truncation.
    /// </summary>
    private uint EnterNewSeries(PendingRequest request, long sequence)
    {
        foreach (int place in request.FirstSamples)
        {
            uint series = request.Samples[place].Series;
            _head.EnterIndex(ref _head.Series[series], series, sequence);
        }

        foreach (int place in request.FirstHistograms)
        {
            uint series = request.Histograms[place].Series;
            _head.EnterIndex(ref _head.Series[series], series, sequence);
        }

        _head.Index.Finish(sequence);
        return _head.Index.Ids.End;
    }

    /// <summary>Judges and appends what belongs to the series of a shard.</summary>
    private void Apply(PendingRequest request, int shard, in Commitment commit, ref CommitTally tally)
    {
        Span<PendingSample> samples = request.Samples;
        for (int run = request.Runs.FirstOf(shard); run != ShardRuns.None; run = request.Runs[run].Next)
        {
            ShardRuns.Run place = request.Runs[run];
            Apply(request, samples[place.Start..place.End], place.Start, in commit, ref tally);
        }

        for (int index = 0; index < request.Histograms.Length; index++)
        {
            ref readonly PendingHistogram histogram = ref request.Histograms[index];
            if (CommitStages.ShardOf(histogram.Series) == shard)
            {
                AppendOutcome outcome = ApplyHistogram(request, in histogram, in commit, ref tally);
                tally.Count(outcome, isHistogram: true, samples.Length + index, histogram.Series, histogram.TimestampMs);
            }
        }
    }

    private void Apply(
        PendingRequest request, ReadOnlySpan<PendingSample> samples, int firstPlace, in Commitment commit, ref CommitTally tally)
    {
        for (int index = 0; index < samples.Length; index++)
        {
            ref readonly PendingSample sample = ref samples[index];
            ref SeriesEntry entry = ref _head.Series[sample.Series];
            if (sample.TimestampMs >= commit.OldestInOrderMs
                && (entry.Appended == 0 || sample.TimestampMs > entry.Open.TimestampMs))
            {
                KeepVersion(ref entry, sample.Series, in commit);
                _head.Chunks.Append(ref entry, sample.TimestampMs, sample.Value, commit.Sequence);
                tally.NoteTime(sample.TimestampMs);
                tally.Floats++;
                continue;
            }

            AppendOutcome outcome = AppendLate(
                ref entry, sample.Series, sample.TimestampMs, sample.Value, default, request, in commit, ref tally);
            tally.Count(outcome, isHistogram: false, firstPlace + index, sample.Series, sample.TimestampMs);
        }
    }

    private AppendOutcome ApplyHistogram(
        PendingRequest request, in PendingHistogram histogram, in Commitment commit, ref CommitTally tally)
    {
        ref SeriesEntry entry = ref _head.Series[histogram.Series];
        ReadOnlySpan<byte> body = request.BodyOf(in histogram);
        if (histogram.TimestampMs < commit.OldestInOrderMs
            || (entry.Appended > 0 && histogram.TimestampMs <= entry.Open.TimestampMs))
        {
            return AppendLate(ref entry, histogram.Series, histogram.TimestampMs, 0, body, request, in commit, ref tally);
        }

        KeepVersion(ref entry, histogram.Series, in commit);
        _head.Chunks.AppendHistogram(ref entry, histogram.TimestampMs, body, commit.Sequence, request.Compared);
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
        in Commitment commit,
        ref CommitTally tally)
    {
        bool isLast = entry.Appended > 0 && timestampMs == entry.Open.TimestampMs;
        if (!isLast && timestampMs < request.OldestLateMs)
        {
            return request.OldestLateMs == long.MaxValue && timestampMs >= _head.MinValidTimeMs
                ? AppendOutcome.OutOfOrder
                : AppendOutcome.TooOld;
        }

        AppendOutcome outcome = SampleSearch.Compare(_head.Chunks, in entry, timestampMs, value, body);
        if (outcome != AppendOutcome.Appended || isLast)
        {
            // The newest sample is not found when the retention has taken it: nothing is known about it but its time.
            return outcome == AppendOutcome.Appended ? AppendOutcome.DuplicateTimestamp : outcome;
        }

        KeepVersion(ref entry, series, in commit);
        if (entry.Side != 0)
        {
            ref SideEntry side = ref _head.Chunks.Side(entry.Side);
            if (side.LateSequence != commit.Sequence && side.LateSequence > commit.Oldest)
            {
                _head.Versions.Record(series | SeriesView.LateVersions, side.LateSequence, side.LateAppendedBefore);
            }
        }

        _head.Chunks.AppendLate(ref entry, timestampMs, value, body, commit.Sequence);
        tally.Late++;
        return AppendOutcome.Appended;
    }

    /// <summary>Remembers the state of a series for those who still read it as of before its last commit.</summary>
    private void KeepVersion(ref SeriesEntry entry, uint series, in Commitment commit)
    {
        if (entry.LastSequence != commit.Sequence && entry.LastSequence > commit.Oldest)
        {
            _head.Versions.Record(series, entry.LastSequence, entry.AppendedBefore);
        }
    }

    /// <summary>What the steps of one commit go by.</summary>
    private struct Commitment
    {
        /// <summary>The oldest snapshot that somebody read when it began.</summary>
        public long Oldest;

        /// <summary>The commit's number.</summary>
        public long Sequence;

        /// <summary>Earlier samples are out of order even in a series that has none yet.</summary>
        public long OldestInOrderMs;
    }
}
