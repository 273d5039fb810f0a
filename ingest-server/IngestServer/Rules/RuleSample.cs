using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Rules;

/// <summary>One sample that a rule gives: a number, or a native histogram.</summary>
internal readonly record struct RuleSample(Labels Labels, long TimestampMs, double Value, FloatHistogram? Histogram = null);
