using System.Collections.Frozen;
using System.Diagnostics;

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

            ["abs"] = MathFunctions.Abs,
            ["ceil"] = MathFunctions.Ceil,
            ["floor"] = MathFunctions.Floor,
            ["round"] = MathFunctions.Round,
            ["clamp"] = MathFunctions.Clamp,
            ["clamp_min"] = MathFunctions.ClampMin,
            ["clamp_max"] = MathFunctions.ClampMax,
            ["exp"] = MathFunctions.Exp,
            ["sqrt"] = MathFunctions.Sqrt,
            ["ln"] = MathFunctions.Ln,
            ["log2"] = MathFunctions.Log2,
            ["log10"] = MathFunctions.Log10,
            ["sgn"] = MathFunctions.Sgn,
            ["sin"] = MathFunctions.Sin,
            ["cos"] = MathFunctions.Cos,
            ["tan"] = MathFunctions.Tan,
            ["asin"] = MathFunctions.Asin,
            ["acos"] = MathFunctions.Acos,
            ["atan"] = MathFunctions.Atan,
            ["sinh"] = MathFunctions.Sinh,
            ["cosh"] = MathFunctions.Cosh,
            ["tanh"] = MathFunctions.Tanh,
            ["asinh"] = MathFunctions.Asinh,
            ["acosh"] = MathFunctions.Acosh,
            ["atanh"] = MathFunctions.Atanh,
            ["rad"] = MathFunctions.Rad,
            ["deg"] = MathFunctions.Deg,

            ["minute"] = CalendarFunctions.Minute,
            ["hour"] = CalendarFunctions.Hour,
            ["day_of_week"] = CalendarFunctions.DayOfWeek,
            ["day_of_month"] = CalendarFunctions.DayOfMonth,
            ["day_of_year"] = CalendarFunctions.DayOfYear,
            ["days_in_month"] = CalendarFunctions.DaysInMonth,
            ["month"] = CalendarFunctions.Month,
            ["year"] = CalendarFunctions.Year,

            ["label_replace"] = LabelFunctions.Replace,
            ["label_join"] = LabelFunctions.Join,
            ["info"] = InfoFunction.Evaluate,
            ["histogram_quantile"] = HistogramFunctions.Quantile,
            ["histogram_quantiles"] = HistogramFunctions.Quantiles,
            ["histogram_fraction"] = HistogramFunctions.Fraction,
            ["histogram_count"] = HistogramFunctions.Count,
            ["histogram_sum"] = HistogramFunctions.Sum,
            ["histogram_avg"] = HistogramFunctions.Average,
            ["histogram_stddev"] = HistogramFunctions.StandardDeviation,
            ["histogram_stdvar"] = HistogramFunctions.StandardVariance,

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

    /// <summary>Whether a function of the language has an evaluator, as all are meant to have.</summary>
    public static bool Knows(string name) => s_byName.ContainsKey(name);

    public static NodeValue Evaluate(FunctionCall call) =>
        s_byName.TryGetValue(call.Node.Function.Name, out FunctionEvaluator? evaluate)
            ? evaluate(call)
            : throw new UnreachableException($"the function {call.Node.Function.Name} has a signature and no evaluator");
}
