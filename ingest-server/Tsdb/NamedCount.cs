namespace AmpEdge.Tsdb;

/// <summary>A row of a statistic.</summary>
public readonly record struct NamedCount(string Name, long Count);
