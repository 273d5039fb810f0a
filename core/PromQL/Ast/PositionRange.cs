namespace AmpEdge.PromQL;

/// <summary>
/// A stretch of a query: byte offsets into its UTF-8 text, <paramref name="Start"/> inclusive,
/// <paramref name="End"/> exclusive.
/// </summary>
public readonly record struct PositionRange(int Start, int End);
