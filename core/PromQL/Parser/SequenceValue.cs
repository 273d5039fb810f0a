using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>One value of a series description.</summary>
/// <param name="Value">The number; a staleness marker for <c>stale</c>.</param>
/// <param name="IsOmitted">There is no sample here.</param>
/// <param name="Histogram">Set for a histogram, where <paramref name="Value"/> means nothing.</param>
/// <param name="HasCounterResetHint">The histogram's hint was written, so it is to be compared.</param>
public readonly record struct SequenceValue(
    double Value, bool IsOmitted, FloatHistogram? Histogram, bool HasCounterResetHint)
{
    public static SequenceValue Omitted { get; } = new(0, true, null, false);

    public static SequenceValue Of(double value) => new(value, false, null, false);
}
