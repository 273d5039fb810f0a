namespace AmpEdge.PromQL;

/// <summary>What <c>anchored</c> and <c>smoothed</c> mean on a selector, and which functions can work with them.</summary>
internal static class RangeExtensions
{
    private const string AnchoredFunctions = "changes, delta, increase, rate, resets";
    private const string SmoothedFunctions = "delta, increase, rate";

    public static RangeExtension Of(VectorSelector selector) =>
        selector.Anchored ? RangeExtension.Anchored
        : selector.Smoothed ? RangeExtension.Smoothed
        : RangeExtension.None;

    /// <summary>Most functions would take the samples outside the window for samples of the window.</summary>
    /// <exception cref="QueryException">The function is one of them.</exception>
    public static void RequireFor(string function, RangeExtension extension)
    {
        bool works = extension == RangeExtension.None
            || function is "delta" or "increase" or "rate"
            || (extension == RangeExtension.Anchored && function is ("changes" or "resets"));
        if (!works)
        {
            bool anchored = extension == RangeExtension.Anchored;
            throw new QueryException(
                QueryErrorKind.Execution,
                $"{(anchored ? "anchored" : "smoothed")} modifier can only be used with: "
                + $"{(anchored ? AnchoredFunctions : SmoothedFunctions)} - not with {function}");
        }
    }
}
