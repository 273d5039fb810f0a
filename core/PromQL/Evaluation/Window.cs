namespace AmpEdge.PromQL;

/// <summary>The samples of one series that one evaluation of a range function looks at: at least one.</summary>
internal readonly ref struct Window(
    ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values, int firstIndex, long endMs, long rangeMs, int step, long timeMs)
{
    /// <summary>Sample times in milliseconds, ascending.</summary>
    public ReadOnlySpan<long> Timestamps { get; } = timestamps;

    public ReadOnlySpan<double> Values { get; } = values;

    /// <summary>The place of the first sample of the window among all samples of the series.</summary>
    public int FirstIndex { get; } = firstIndex;

    /// <summary>The end of the window, inclusive.</summary>
    public long EndMs { get; } = endMs;

    /// <summary>How long the window is.</summary>
    public long RangeMs { get; } = rangeMs;

    /// <summary>The start of the window, exclusive.</summary>
    public long StartMs => EndMs - RangeMs;

    /// <summary>The number of the step, for scalar arguments.</summary>
    public int Step { get; } = step;

    /// <summary>The evaluation time of the step.</summary>
    public long TimeMs { get; } = timeMs;

    public int Count => Values.Length;

    /// <summary>The same window without its first samples.</summary>
    public Window From(int first) => new(
        Timestamps[first..], Values[first..], FirstIndex + first, EndMs, RangeMs, Step, TimeMs);
}
