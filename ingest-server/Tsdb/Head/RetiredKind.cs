namespace AmpEdge.Tsdb;

/// <summary>Which store a retired piece goes back to.</summary>
internal enum RetiredKind : byte
{
    Block,
    ClosedChunk,
    Series,
    Key,
}
