namespace AmpEdge.Prometheus;

/// <summary>A label as two ranges of the page: without the quotes, with its escapes as written.</summary>
public readonly record struct LabelSlot(int NameStart, int NameLength, int ValueStart, int ValueLength);
