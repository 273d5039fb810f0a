using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>The exemplars of one series, in the order of time.</summary>
public sealed record SeriesExemplars(Labels Series, IReadOnlyList<Exemplar> Exemplars);
