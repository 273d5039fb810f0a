using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>One exemplar of a series: an observation that stands for others, with labels of its own such as a trace.</summary>
public readonly record struct Exemplar(long TimestampMs, double Value, Labels Labels);
