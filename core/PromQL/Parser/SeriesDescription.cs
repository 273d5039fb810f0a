using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>A series and its values, as test scripts and rule unit tests write them.</summary>
public sealed record SeriesDescription(Labels Labels, IReadOnlyList<SequenceValue> Values);
