using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>A sample as a test sees it.</summary>
internal sealed record RecordedSample(Labels Labels, long TimestampMs, double Value)
{
    public string Name => Labels.MetricName;

    /// <summary>A native histogram in one line, or null for a float.</summary>
    public string? Histogram { get; init; }

    public bool IsStale => StaleMarker.IsStale(Value);

    /// <summary><c>name{labels} value</c>, with <c>stale</c> for the marker.</summary>
    public override string ToString() =>
        $"{Labels} {Histogram ?? (IsStale ? "stale" : Value.ToString("R", CultureInfo.InvariantCulture))}";
}
