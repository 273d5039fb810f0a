namespace AmpEdge.PromQL;

/// <summary>The texts of annotations about native histograms. Those that end in a blank go on with a name in quotes.</summary>
internal static class HistogramNotes
{
    public const string MixedWithFloats = "encountered a mix of histograms and floats for metric name ";

    public const string MixedWithFloatsInAggregation = "encountered a mix of histograms and floats for aggregation";

    public const string IgnoredInMixedRange =
        "ignored histograms in a range containing both floats and histograms for metric name ";

    public const string NotACounter = "this native histogram metric is not a counter: ";

    public const string NotAGauge = "this native histogram metric is not a gauge: ";

    public const string MixedSchemas =
        "vector contains a mix of histograms with exponential and custom buckets schemas for metric name ";

    /// <summary>Followed by the metric that it is about, if that has a name.</summary>
    public const string MixedWithClassic = "vector contains a mix of classic and native histograms";

    /// <inheritdoc cref="MixedWithClassic"/>
    public const string QuantileIsNaN = "input to histogram_quantile has NaN observations, result is NaN";

    /// <inheritdoc cref="MixedWithClassic"/>
    public const string QuantileIsSkewed = "input to histogram_quantile has NaN observations, result is skewed higher";

    /// <inheritdoc cref="MixedWithClassic"/>
    public const string FractionWithoutNaN =
        "input to histogram_fraction has NaN observations, which are excluded from all fractions";

    public static string IgnoredInAggregation(string aggregation) => $"ignored histogram in {aggregation} aggregation";

    public static string BoundsReconciled(HistogramOperation operation) =>
        $"mismatched custom buckets were reconciled during {Name(operation)}";

    public static string ResetsCollide(HistogramOperation operation) =>
        $"conflicting counter resets during histogram {Name(operation)}";

    public static string IncompatibleTypes(string left, string symbol, string right) =>
        $"incompatible sample types encountered for binary operator \"{symbol}\": {left} {symbol} {right}";

    public static string IncompatibleLayout(string symbol) =>
        $"incompatible bucket layout encountered for binary operator {symbol}";

    private static string Name(HistogramOperation operation) => operation switch
    {
        HistogramOperation.Addition => "addition",
        HistogramOperation.Subtraction => "subtraction",
        _ => "aggregation",
    };
}
