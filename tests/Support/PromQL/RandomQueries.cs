namespace AmpEdge.Tests.Support;

/// <summary>Random queries that give instant vectors, over metrics a_total, b_total and g with job, instance and zone.</summary>
public sealed class RandomQueries(Gen gen)
{
    public string Vector(int depth)
    {
        if (depth == 0)
        {
            return Selector() + Modifier();
        }

        return gen.Int(8) switch
        {
            0 => Selector() + Modifier(),
            1 or 2 => OverRange(depth),
            3 => $"{gen.Pick("sum", "avg", "min", "max", "count", "stddev", "group")}{Grouping()}({Vector(depth - 1)})",
            4 => WithParameter(depth),
            5 => $"({Vector(depth - 1)}) {Operator()} {gen.Pick("2", "-0.5", "time()", $"scalar({Vector(depth - 1)})")}",
            6 => $"({Vector(depth - 1)}) {Operator()}{Matching()} ({Vector(depth - 1)})",
            _ => $"({Vector(depth - 1)}) {gen.Pick("and", "or", "unless")}{gen.Pick("", " on (job)", " ignoring (zone)")} ({Vector(depth - 1)})",
        };
    }

    private string OverRange(int depth)
    {
        string function = gen.Pick(
            "rate", "increase", "delta", "irate", "idelta", "changes", "resets", "deriv", "avg_over_time", "sum_over_time",
            "min_over_time", "max_over_time", "count_over_time", "last_over_time", "stdvar_over_time", "absent_over_time",
            "mad_over_time", "ts_of_max_over_time", "first_over_time");
        return gen.OneIn(3)
            ? $"{function}(({Vector(depth - 1)})[{gen.Pick("2m", "10m", "15m")}:{gen.Pick("", "30s", "70s")}]{Modifier()})"
            : $"{function}({Selector()}[{gen.Pick("15s", "1m", "5m", "20m")}]{Modifier()})";
    }

    private string WithParameter(int depth) => gen.Int(7) switch
    {
        0 => $"{gen.Pick("topk", "bottomk", "limitk")}{Grouping()}({gen.Int(4)}, {Vector(depth - 1)})",
        1 => $"quantile{Grouping()}({gen.Pick("0.2", "0.5", "1")}, {Vector(depth - 1)})",
        2 => $"count_values{Grouping()}(\"value\", {Vector(depth - 1)})",
        3 => $"quantile_over_time({gen.Pick("0.1", "0.9")}, {Selector()}[5m])",
        4 => $"-({Vector(depth - 1)})",
        5 => $"absent({Vector(depth - 1)})",
        _ => $"timestamp({Vector(depth - 1)})",
    };

    private string Selector() => gen.Pick(
        "a_total", "b_total", "g", "{job=\"x\"}", "{__name__=~\"._total\"}", "g{instance=\"0\"}", "a_total{zone!=\"0\"}", "none");

    private string Modifier() => gen.Int(6) switch
    {
        0 => $" offset {gen.Pick("1m", "7m", "-2m")}",
        1 => $" @ {gen.Pick("900", "1500.5")}",
        _ => "",
    };

    private string Grouping() => gen.Pick("", " by (job)", " by (zone, instance)", " without (zone)", " by ()");

    private string Operator() =>
        gen.Pick("+", "-", "*", "/", "%", "^", "==", "!=", ">", "<=", "< bool", "!= bool");

    private string Matching() => gen.Pick(
        "", " on (job, instance)", " on (job)", " ignoring (zone)", " on (job, instance) group_left (zone)", " on (job) group_right ()");
}
