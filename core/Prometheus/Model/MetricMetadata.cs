namespace AmpEdge.Prometheus;

/// <summary>What a page says of a metric family: its type, help text and unit.</summary>
public sealed record MetricMetadata(string FamilyName, MetricType Type, string Help, string Unit);
