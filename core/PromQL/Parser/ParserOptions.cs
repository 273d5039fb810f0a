namespace AmpEdge.PromQL;

/// <summary>Which experimental parts of the language a query may use, and how deep it may nest.</summary>
public sealed record ParserOptions
{
    /// <summary>The stable language only.</summary>
    public static ParserOptions Default { get; } = new();

    /// <summary>Everything that the newest Prometheus can be told to understand.</summary>
    public static ParserOptions Everything { get; } = new()
    {
        ExperimentalFunctions = true,
        DurationExpressions = true,
        ExtendedRangeSelectors = true,
        FillModifiers = true,
    };

    /// <summary>Experimental functions and aggregations (promql-experimental-functions).</summary>
    public bool ExperimentalFunctions { get; init; }

    /// <summary>Calculations in the place of durations (promql-duration-expr).</summary>
    public bool DurationExpressions { get; init; }

    /// <summary><c>anchored</c> and <c>smoothed</c> (promql-extended-range-selectors).</summary>
    public bool ExtendedRangeSelectors { get; init; }

    /// <summary><c>fill</c>, <c>fill_left</c> and <c>fill_right</c> (promql-binop-fill-modifiers).</summary>
    public bool FillModifiers { get; init; }

    /// <summary>
    /// How many expressions may stand inside one another. Everything that walks a tree recurses, so a deeper query is
    /// refused instead of ending the process.
    /// </summary>
    public int MaxDepth { get; init; } = 500;
}
