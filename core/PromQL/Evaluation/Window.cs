using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The samples of one series that one evaluation of a range function looks at, floats and native histograms apart: at least
/// one of either.
/// </summary>
internal readonly ref struct Window(
    ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values, int firstIndex, long endMs, long rangeMs, int step, long timeMs)
{
    /// <summary>Times of the floats in milliseconds, ascending.</summary>
    public ReadOnlySpan<long> Timestamps { get; } = timestamps;

    /// <summary>The floats.</summary>
    public ReadOnlySpan<double> Values { get; } = values;

    /// <summary>Times of the native histograms, ascending.</summary>
    public ReadOnlySpan<long> HistogramTimestamps { get; init; }

    public ReadOnlySpan<FloatHistogram> Histograms { get; init; }

    /// <summary>The place of the first float of the window among all floats of the series.</summary>
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

    /// <summary>How many floats there are.</summary>
    public int Count => Values.Length;

    /// <summary>The same window without its first floats, and without histograms.</summary>
    public Window From(int first) => new(
        Timestamps[first..], Values[first..], FirstIndex + first, EndMs, RangeMs, Step, TimeMs);

    /// <summary>The same window without its first floats and histograms.</summary>
    public Window From(int firstFloat, int firstHistogram) => From(firstFloat) with
    {
        HistogramTimestamps = HistogramTimestamps[firstHistogram..],
        Histograms = Histograms[firstHistogram..],
    };
}
