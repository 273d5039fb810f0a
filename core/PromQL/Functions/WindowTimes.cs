namespace AmpEdge.PromQL;

/// <summary>
/// How far the samples of a window reach, and how far their change is extrapolated: what <c>rate</c> and its like take from the
/// times alone. At least two samples.
/// </summary>
internal readonly struct WindowTimes
{
    /// <summary>A gap at an end of the window is extrapolated over when it is shorter than this many sample intervals.</summary>
    private const double ThresholdIntervals = 1.1;

    private readonly double _toStart;
    private readonly double _toEnd;

    /// <param name="timestamps">The times of the samples.</param>
    /// <param name="startMs">The start of the window.</param>
    /// <param name="endMs">The end of it.</param>
    public WindowTimes(ReadOnlySpan<long> timestamps, long startMs, long endMs)
    {
        Sampled = (timestamps[^1] - timestamps[0]) / 1000.0;
        double averageInterval = Sampled / (timestamps.Length - 1);
        double threshold = averageInterval * ThresholdIntervals;
        _toStart = (timestamps[0] - startMs) / 1000.0;
        _toEnd = (endMs - timestamps[^1]) / 1000.0;
        _toStart = _toStart >= threshold ? averageInterval / 2 : _toStart;
        _toEnd = _toEnd >= threshold ? averageInterval / 2 : _toEnd;
        Factor = (Sampled + _toStart + _toEnd) / Sampled;
    }

    /// <summary>Seconds from the first sample to the last.</summary>
    public double Sampled { get; }

    /// <summary>By which the change from the first sample to the last is multiplied.</summary>
    public double Factor { get; }

    /// <summary>The same when the extrapolation may not reach further back than so many seconds before the first sample.</summary>
    public double FactorFrom(double mostToStart) => (Sampled + Math.Min(_toStart, mostToStart) + _toEnd) / Sampled;

    /// <summary>
    /// False only when a line through both ends is above zero, by far, wherever the extrapolation begins: told without the
    /// division, which takes as long as all the rest.
    /// </summary>
    public bool MayReachZero(double first, double increase)
    {
        double reach = Sampled * first;
        return !(reach < double.MaxValue && reach >= 2 * _toStart * increase);
    }
}
