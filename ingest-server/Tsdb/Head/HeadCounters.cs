namespace AmpEdge.Tsdb;

/// <summary>Running totals of the head; written by one commit at a time, except refusals, which come from any appender.</summary>
internal sealed class HeadCounters
{
    private readonly long[] _outcomes = new long[Enum.GetValues<AppendOutcome>().Length];
    private long _samplesAppended;
    private long _histogramsAppended;
    private long _lateAppended;
    private long _commits;

    public long SeriesCreated { get; set; }

    public long SeriesRemoved { get; set; }

    /// <summary>Samples stored that came out of order.</summary>
    public long LateAppended => Interlocked.Read(ref _lateAppended);

    public long HistogramsAppended => Interlocked.Read(ref _histogramsAppended);

    /// <summary>Samples stored: floats.</summary>
    public long SamplesAppended => Interlocked.Read(ref _samplesAppended);

    public long Commits => Interlocked.Read(ref _commits);

    public void Committed(in CommitTally tally)
    {
        Volatile.Write(ref _samplesAppended, _samplesAppended + tally.Floats);
        Volatile.Write(ref _histogramsAppended, _histogramsAppended + tally.Histograms);
        Volatile.Write(ref _lateAppended, _lateAppended + tally.Late);
        Volatile.Write(ref _commits, _commits + 1);
    }

    public void Count(AppendOutcome outcome, int samples) => Interlocked.Add(ref _outcomes[(int)outcome], samples);

    public long Of(AppendOutcome outcome) => Interlocked.Read(ref _outcomes[(int)outcome]);
}
