using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Federation;

/// <summary>The last sample of a series; a native one when <paramref name="Histogram"/> is set.</summary>
internal readonly record struct FederatedSample(
    Labels Series, string Name, long TimestampMs, double Value, FloatHistogram? Histogram)
{
    public bool IsGauge => Histogram?.CounterResetHint == CounterResetHint.Gauge;

    /// <summary>True when both belong into one metric family: one name, and one type.</summary>
    public bool SharesFamily(in FederatedSample other) =>
        Name == other.Name && (Histogram is null) == (other.Histogram is null) && IsGauge == other.IsGauge;
}
