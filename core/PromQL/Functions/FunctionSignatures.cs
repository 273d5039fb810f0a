using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.PromQL;

/// <summary>Every function of the language, by name: what the parser checks calls against.</summary>
public static class FunctionSignatures
{
    private const ExprType Scalar = ExprType.Scalar;
    private const ExprType Vector = ExprType.Vector;
    private const ExprType Matrix = ExprType.Matrix;
    private const ExprType Text = ExprType.String;

    private static readonly FrozenDictionary<string, FunctionSignature> s_byName = Build();

    /// <summary>All functions, in no particular order.</summary>
    public static IEnumerable<FunctionSignature> All => s_byName.Values;

    public static bool TryGet(string name, [MaybeNullWhen(false)] out FunctionSignature signature) =>
        s_byName.TryGetValue(name, out signature);

    private static FrozenDictionary<string, FunctionSignature> Build()
    {
        Dictionary<string, FunctionSignature> functions = new(StringComparer.Ordinal);
        AddMany(functions, [Vector],
            "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp",
            "floor", "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum",
            "ln", "log10", "log2", "rad", "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt", "tan", "tanh",
            "timestamp");
        AddMany(functions, [Matrix],
            "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "idelta", "increase",
            "irate", "last_over_time", "max_over_time", "min_over_time", "present_over_time", "rate", "resets",
            "stddev_over_time", "stdvar_over_time", "sum_over_time");
        foreach (string name in (ReadOnlySpan<string>)["days_in_month", "day_of_month", "day_of_week", "day_of_year",
            "hour", "minute", "month", "year"])
        {
            Add(functions, name, Vector, [Vector], variadic: 1);
        }

        AddWithParameters(functions);
        AddExperimental(functions);
        return functions.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void AddWithParameters(Dictionary<string, FunctionSignature> functions)
    {
        Add(functions, "clamp", Vector, [Vector, Scalar, Scalar]);
        Add(functions, "clamp_max", Vector, [Vector, Scalar]);
        Add(functions, "clamp_min", Vector, [Vector, Scalar]);
        Add(functions, "histogram_fraction", Vector, [Scalar, Scalar, Vector]);
        Add(functions, "histogram_quantile", Vector, [Scalar, Vector]);
        Add(functions, "label_join", Vector, [Vector, Text, Text, Text], variadic: -1);
        Add(functions, "label_replace", Vector, [Vector, Text, Text, Text, Text]);
        Add(functions, "pi", Scalar, []);
        Add(functions, "predict_linear", Vector, [Matrix, Scalar]);
        Add(functions, "quantile_over_time", Vector, [Scalar, Matrix]);
        Add(functions, "round", Vector, [Vector, Scalar], variadic: 1);
        Add(functions, "scalar", Scalar, [Vector]);
        Add(functions, "time", Scalar, []);
        Add(functions, "vector", Vector, [Scalar]);
    }

    private static void AddExperimental(Dictionary<string, FunctionSignature> functions)
    {
        foreach (string name in (ReadOnlySpan<string>)["first_over_time", "mad_over_time", "ts_of_first_over_time",
            "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"])
        {
            Add(functions, name, Vector, [Matrix], experimental: true);
        }

        foreach (string name in (ReadOnlySpan<string>)["end", "range", "start", "step"])
        {
            Add(functions, name, Scalar, [], experimental: true);
        }

        Add(functions, "double_exponential_smoothing", Vector, [Matrix, Scalar, Scalar], experimental: true);
        Add(functions, "histogram_quantiles", Vector, [Vector, Text, Scalar, Scalar], variadic: 9, experimental: true);
        Add(functions, "info", Vector, [Vector, Vector], variadic: 1, experimental: true);
        Add(functions, "max_of", Scalar, [Scalar, Scalar], experimental: true);
        Add(functions, "min_of", Scalar, [Scalar, Scalar], experimental: true);
        Add(functions, "sort_by_label", Vector, [Vector, Text], variadic: -1, experimental: true);
        Add(functions, "sort_by_label_desc", Vector, [Vector, Text], variadic: -1, experimental: true);
    }

    private static void AddMany(
        Dictionary<string, FunctionSignature> functions, ExprType[] argumentTypes, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Add(functions, name, Vector, argumentTypes);
        }
    }

    private static void Add(
        Dictionary<string, FunctionSignature> functions,
        string name,
        ExprType returnType,
        ExprType[] argumentTypes,
        int variadic = 0,
        bool experimental = false) =>
        functions.Add(name, new FunctionSignature(name, returnType, argumentTypes, variadic, experimental));
}
