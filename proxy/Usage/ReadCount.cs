namespace AmpEdge.Proxy.Usage;

/// <summary>How often one kind of reader was seen.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">Reads; for files, the expressions that name the metric.</param>
/// <param name="LastMs">When last, in milliseconds since 1970.</param>
internal readonly record struct ReadCount(ReaderKind Kind, long Count, long LastMs);
