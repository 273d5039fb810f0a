using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>A float or a native histogram of a series.</summary>
internal readonly record struct TestSample(Labels Labels, long TimestampMs, double Value, Histogram? Histogram = null)
{
    /// <summary>As a dump shows it.</summary>
    public string Text => Histogram is null ? Describe(TimestampMs, Value) : Describe(TimestampMs, Histogram);

    public static string Describe(long timestampMs, double value) => $"{timestampMs}={BitConverter.DoubleToUInt64Bits(value):x}";

    /// <summary>Without the hint, which depends on what lies before it.</summary>
    public static string Describe(long timestampMs, Histogram histogram) =>
        RandomHistograms.Describe(timestampMs, histogram).Replace(' ', '_');
}
