namespace AmpEdge.PromQL;

/// <summary>What observations of NaN, which are in the count and in no bucket, do to an estimate.</summary>
internal enum NanObservations
{
    None,

    /// <summary>They take part in the ranks as if they were greater than all others.</summary>
    Skew,

    /// <summary>The rank that was asked for is one of them.</summary>
    Result,
}
