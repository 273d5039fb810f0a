using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>A sample as a test sees it.</summary>
internal sealed record RecordedSample(Labels Labels, long TimestampMs, double Value)
{
    public string Name => Labels.MetricName;

    public bool IsStale => StaleMarker.IsStale(Value);

    /// <summary><c>name{labels} value</c>, with <c>stale</c> for the marker.</summary>
    public override string ToString() =>
        $"{Labels} {(IsStale ? "stale" : Value.ToString("R", CultureInfo.InvariantCulture))}";
}
