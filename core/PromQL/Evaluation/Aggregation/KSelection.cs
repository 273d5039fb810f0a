namespace AmpEdge.PromQL;

/// <summary>Which k series of a group an aggregation keeps.</summary>
internal enum KSelection
{
    /// <summary><c>topk</c>.</summary>
    Greatest,

    /// <summary><c>bottomk</c>.</summary>
    Smallest,

    /// <summary><c>limitk</c>: the first ones.</summary>
    Any,
}
