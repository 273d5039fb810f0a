namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>How far the values of an expression are the same in every implementation. Each level holds what the one before does.</summary>
public enum Exactness
{
    /// <summary>Equal but for rounding: sums in another order, or with a compensation that one version lacks, and what libraries compute.</summary>
    Rounded,

    /// <summary>The same bits, since the same operations of IEEE 754 are done in the same order.</summary>
    Identical,

    /// <summary>Multiples of a quarter that are small enough that their sums are exact in any order; or no numbers.</summary>
    Dyadic,
}
