namespace AmpEdge.PromQL;

/// <summary>The windows of some steps, one after the other, over the floats of one series.</summary>
/// <param name="timestamps">The times of all floats of the series, ascending.</param>
/// <param name="values">All floats of the series.</param>
/// <param name="firsts">By step, the place of a window's first float.</param>
/// <param name="ends">By step, the place behind its last one.</param>
/// <param name="firstStep">The number of the first of the steps.</param>
/// <param name="windowing">Where the windows lie.</param>
/// <param name="timesVersion">The same as for the series before when the times are the same.</param>
internal readonly ref struct SeriesWindows(
    ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values, ReadOnlySpan<int> firsts, ReadOnlySpan<int> ends, int firstStep,
    RangeWindowing windowing, int timesVersion)
{
    public ReadOnlySpan<long> Timestamps { get; } = timestamps;

    public ReadOnlySpan<double> Values { get; } = values;

    public ReadOnlySpan<int> Firsts { get; } = firsts;

    public ReadOnlySpan<int> Ends { get; } = ends;

    /// <summary>The number of the first of the steps.</summary>
    public int FirstStep { get; } = firstStep;

    /// <summary>Tells whether what was computed from the times alone for the series before is good for this one.</summary>
    public int TimesVersion { get; } = timesVersion;

    /// <summary>How many steps there are.</summary>
    public int Count => Firsts.Length;

    /// <summary>How long a window is.</summary>
    public long RangeMs => windowing.RangeMs;

    /// <summary>The window of the step at a place.</summary>
    public Window this[int index] => new(
        Timestamps[Firsts[index]..Ends[index]],
        Values[Firsts[index]..Ends[index]],
        Firsts[index],
        EndMs(index),
        windowing.RangeMs,
        FirstStep + index,
        windowing.Steps.At(FirstStep + index));

    /// <summary>The end of a window, inclusive.</summary>
    public long EndMs(int index) => windowing.EndMs(FirstStep + index);
}
