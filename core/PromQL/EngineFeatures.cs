namespace AmpEdge.PromQL;

/// <summary>The parts of the language that are off until they are named, by Prometheus's names of <c>--enable-feature</c>.</summary>
public static class EngineFeatures
{
    private static readonly string[] s_names =
    [
        "promql-experimental-functions",
        "promql-duration-expr",
        "promql-extended-range-selectors",
        "promql-binop-fill-modifiers",
        "promql-delayed-name-removal",
        "type-and-unit-labels",
    ];

    /// <summary>All names, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Names => s_names;

    /// <summary>The options with a feature switched on.</summary>
    /// <exception cref="ArgumentException">There is no feature of that name.</exception>
    public static EngineOptions Enable(EngineOptions options, string name) => name switch
    {
        "promql-experimental-functions" => options with { Parser = options.Parser with { ExperimentalFunctions = true } },
        "promql-duration-expr" => options with { Parser = options.Parser with { DurationExpressions = true } },
        "promql-extended-range-selectors" => options with { Parser = options.Parser with { ExtendedRangeSelectors = true } },
        "promql-binop-fill-modifiers" => options with { Parser = options.Parser with { FillModifiers = true } },
        "promql-delayed-name-removal" => options with { DelayedNameRemoval = true },
        "type-and-unit-labels" => options with { TypeAndUnitLabels = true },
        _ => throw new ArgumentException($"there is no feature '{name}' (there are: {string.Join(", ", s_names)})", nameof(name)),
    };

    /// <summary>The options with features switched on.</summary>
    public static EngineOptions Enable(EngineOptions options, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            options = Enable(options, name);
        }

        return options;
    }
}
