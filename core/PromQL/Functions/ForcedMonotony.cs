namespace AmpEdge.PromQL;

/// <summary>
/// Which buckets of classic histograms had to be raised, as counts must not fall from one to the next, and by how much: of one
/// histogram at a time, or of all that an annotation is about.
/// </summary>
/// <param name="FirstBound">The lowest boundary of a raised bucket.</param>
/// <param name="LastBound">The highest one.</param>
/// <param name="LargestRaise">The greatest difference.</param>
internal readonly record struct ForcedMonotony(double FirstBound, double LastBound, double LargestRaise)
{
    /// <summary>Nothing had to be raised.</summary>
    public static ForcedMonotony None => new(double.PositiveInfinity, double.NegativeInfinity, 0);

    public bool IsNone => FirstBound > LastBound;

    /// <summary>One more bucket was raised.</summary>
    public ForcedMonotony With(double upperBound, double raise) => new(
        Math.Min(FirstBound, upperBound), Math.Max(LastBound, upperBound), Math.Max(LargestRaise, raise));

    public static ForcedMonotony operator |(ForcedMonotony left, ForcedMonotony right) => new(
        Math.Min(left.FirstBound, right.FirstBound),
        Math.Max(left.LastBound, right.LastBound),
        Math.Max(left.LargestRaise, right.LargestRaise));
}
