namespace AmpEdge.Hosting;

/// <summary>Where a key or value stands in a file; line and column count from 1.</summary>
public readonly record struct YamlPosition(int Line, int Column);
