using System.Collections.Frozen;

namespace AmpEdge.PromQL;

/// <summary>How each function is evaluated, by name. What it must look like stands in <see cref="FunctionSignatures"/>.</summary>
internal static class FunctionRegistry
{
    private static readonly FrozenDictionary<string, FunctionEvaluator> s_byName =
        new Dictionary<string, FunctionEvaluator>(StringComparer.Ordinal)
        {
            ["rate"] = RateFunctions.Rate,
            ["increase"] = RateFunctions.Increase,
            ["delta"] = RateFunctions.Delta,
            ["irate"] = RateFunctions.InstantRate,
            ["idelta"] = RateFunctions.InstantDelta,
            ["changes"] = RateFunctions.Changes,
            ["resets"] = RateFunctions.Resets,

            ["deriv"] = TrendFunctions.Deriv,
            ["predict_linear"] = TrendFunctions.PredictLinear,
            ["double_exponential_smoothing"] = TrendFunctions.DoubleExponentialSmoothing,

            ["avg_over_time"] = OverTimeFunctions.Average,
            ["sum_over_time"] = OverTimeFunctions.Sum,
            ["min_over_time"] = OverTimeFunctions.Minimum,
            ["max_over_time"] = OverTimeFunctions.Maximum,
            ["count_over_time"] = OverTimeFunctions.Count,
            ["present_over_time"] = OverTimeFunctions.Present,
            ["first_over_time"] = OverTimeFunctions.First,
            ["last_over_time"] = OverTimeFunctions.Last,
            ["stdvar_over_time"] = OverTimeFunctions.StandardVariance,
            ["stddev_over_time"] = OverTimeFunctions.StandardDeviation,
            ["quantile_over_time"] = OverTimeFunctions.Quantile,
            ["mad_over_time"] = OverTimeFunctions.MedianAbsoluteDeviation,
            ["ts_of_first_over_time"] = OverTimeFunctions.TimeOfFirst,
            ["ts_of_last_over_time"] = OverTimeFunctions.TimeOfLast,
            ["ts_of_max_over_time"] = OverTimeFunctions.TimeOfMaximum,
            ["ts_of_min_over_time"] = OverTimeFunctions.TimeOfMinimum,
            ["absent_over_time"] = AbsenceFunctions.AbsentOverTime,

            ["absent"] = AbsenceFunctions.Absent,

            ["timestamp"] = TimestampFunction.Evaluate,
            ["time"] = ScalarFunctions.Time,
            ["start"] = ScalarFunctions.Start,
            ["end"] = ScalarFunctions.End,
            ["step"] = ScalarFunctions.Step,
            ["range"] = ScalarFunctions.Range,
            ["pi"] = ScalarFunctions.Pi,
            ["min_of"] = ScalarFunctions.MinOf,
            ["max_of"] = ScalarFunctions.MaxOf,
            ["scalar"] = ScalarFunctions.Scalar,
            ["vector"] = ScalarFunctions.Vector,

            ["sort"] = SortFunctions.Sort,
            ["sort_desc"] = SortFunctions.SortDescending,
            ["sort_by_label"] = SortFunctions.SortByLabel,
            ["sort_by_label_desc"] = SortFunctions.SortByLabelDescending,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <exception cref="QueryException">The function is in the language, and this engine cannot evaluate it.</exception>
    public static NodeValue Evaluate(FunctionCall call) =>
        s_byName.TryGetValue(call.Node.Function.Name, out FunctionEvaluator? evaluate)
            ? evaluate(call)
            : throw Unsupported.Feature($"the function {call.Node.Function.Name}");
}
