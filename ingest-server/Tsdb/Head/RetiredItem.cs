namespace AmpEdge.Tsdb;

/// <summary>A piece of memory that a commit unlinked; the reference is of the store that the kind names.</summary>
internal readonly record struct RetiredItem(long Sequence, RetiredKind Kind, uint Reference);
