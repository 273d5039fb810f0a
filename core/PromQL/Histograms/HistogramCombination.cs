namespace AmpEdge.PromQL;

/// <summary>What was to be noticed when one native histogram was added to another.</summary>
[Flags]
internal enum HistogramCombination
{
    None = 0,

    /// <summary>One has exponential buckets and the other custom ones: nothing was added.</summary>
    Incompatible = 1,

    /// <summary>One says that its counter was reset, the other that it was not.</summary>
    ResetsCollide = 2,

    /// <summary>The custom bounds differ; only those that both have are left.</summary>
    BoundsReconciled = 4,
}
