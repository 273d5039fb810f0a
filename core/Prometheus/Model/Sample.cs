namespace AmpEdge.Prometheus;

/// <summary>A float sample: milliseconds since the Unix epoch, and a value whose NaN bits count.</summary>
public readonly record struct Sample(long TimestampMs, double Value);
