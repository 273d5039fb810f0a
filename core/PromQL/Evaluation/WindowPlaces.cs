namespace AmpEdge.PromQL;

/// <summary>
/// Which floats of a series each window covers. Series one after the other often have the same times, since those of one target
/// are scraped together: then it is found out once.
/// </summary>
internal sealed class WindowPlaces(RangeWindowing windowing)
{
    private readonly int[] _firsts = new int[windowing.Steps.Count];
    private readonly int[] _ends = new int[windowing.Steps.Count];
    private long[] _timestamps = [];
    private int _count;
    private int _version;

    /// <summary>How many samples the windows cover, each counted in every window that covers it.</summary>
    public long TotalSize { get; private set; }

    /// <summary>How many samples the largest window covers.</summary>
    public int LargestSize { get; private set; }

    public int SizeOf(int step) => _ends[step] - _firsts[step];

    /// <summary>Finds the places for a series with these times.</summary>
    public void Find(ReadOnlySpan<long> timestamps)
    {
        if (_version > 0 && timestamps.SequenceEqual(_timestamps.AsSpan(0, _count)))
        {
            return;
        }

        Remember(timestamps);
        SlidingRange range = default;
        long endMs = windowing.FirstEndMs + windowing.ReachAheadMs;
        long lengthMs = windowing.RangeMs + windowing.ReachBackMs + windowing.ReachAheadMs;
        for (int step = 0; step < _firsts.Length; step++)
        {
            range.MoveTo(timestamps, endMs - lengthMs, endMs);
            _firsts[step] = range.First;
            _ends[step] = range.First + range.Count;
            TotalSize += range.Count;
            LargestSize = Math.Max(LargestSize, range.Count);
            endMs += windowing.Steps.StepMs;
        }
    }

    /// <summary>The end of a run of steps that cover no more than so many samples in all, unless one alone does.</summary>
    public int EndOfRun(int firstStep, long samples)
    {
        if (TotalSize <= samples)
        {
            return _firsts.Length;
        }

        int end = firstStep + 1;
        for (long covered = SizeOf(firstStep); end < _firsts.Length && covered + SizeOf(end) <= samples; end++)
        {
            covered += SizeOf(end);
        }

        return end;
    }

    /// <summary>The windows from one step up to another, without it, over a series with the times that were given last.</summary>
    public SeriesWindows Of(SampleBuffer samples, int firstStep, int endStep) => new(
        samples.Timestamps,
        samples.Values,
        _firsts.AsSpan(firstStep, endStep - firstStep),
        _ends.AsSpan(firstStep, endStep - firstStep),
        firstStep,
        windowing,
        _version);

    private void Remember(ReadOnlySpan<long> timestamps)
    {
        if (_timestamps.Length < timestamps.Length)
        {
            _timestamps = new long[timestamps.Length];
        }

        timestamps.CopyTo(_timestamps);
        _count = timestamps.Length;
        _version++;
        TotalSize = 0;
        LargestSize = 0;
    }
}
