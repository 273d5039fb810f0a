using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Federation;

/// <summary>Keeps the last sample of a series.</summary>
internal struct LastSampleSink : ISampleSink
{
    public bool HasSample { get; private set; }

    public long TimestampMs { get; private set; }

    public double Value { get; private set; }

    /// <summary>Set when the last sample is a native histogram.</summary>
    public FloatHistogram? Histogram { get; private set; }

    /// <summary>True when the series has ended.</summary>
    public readonly bool IsStale => Histogram?.IsStale ?? StaleMarker.IsStale(Value);

    public void Add(long timestampMs, double value)
    {
        HasSample = true;
        TimestampMs = timestampMs;
        Value = value;
        Histogram = null;
    }

    public void Add(long timestampMs, Histogram histogram)
    {
        HasSample = true;
        TimestampMs = timestampMs;
        Histogram = histogram.ToFloat();
    }
}
