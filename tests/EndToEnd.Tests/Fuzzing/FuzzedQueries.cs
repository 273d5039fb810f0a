using System.Globalization;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>
/// Random queries of the language of Prometheus 2.42 over <see cref="FuzzedData"/>: mostly well typed, over series that match
/// often enough to give answers. What would turn a difference by rounding into another answer (a comparison, a floor, a count of
/// values) is put around identical values only.
/// </summary>
public sealed class FuzzedQueries(Gen gen, FuzzedData data)
{
    private const int MostDepth = 4;

    private readonly FuzzedSelectors _selectors = new(gen, data);

    /// <summary>The next query.</summary>
    public FuzzedQuery Next()
    {
        bool isRange = gen.Bool();
        Exactness exactness = gen.Pick(Exactness.Rounded, Exactness.Identical);
        string expression = gen.Int(30) switch
        {
            0 => Scalar(2, exactness),
            1 => IllTyped(),
            2 => Matrix(2, Exactness.Identical),
            3 => gen.Pick("\"text\"", "'it''s'", "(`raw`)", "'\\x41\\u00e9\\n'", "\"\\\"\""),
            4 or 5 => Chain(),
            _ => Vector(gen.Int(MostDepth + 1), exactness),
        };
        long startMs = data.StartMs + (1000L * gen.Int(-300, 7500)) + 500;
        long stepMs = 1000L * gen.Pick(1, 7, 15, 15, 30, 60, 60, 61, 300, 3600);
        long endMs = startMs + (isRange ? (stepMs * gen.Pick(0, 1, 5, 20, 60, 200)) + gen.Pick(0, 0, 500) : 0);
        return new FuzzedQuery(expression, exactness, isRange, startMs, endMs, stepMs);
    }

    private string Vector(int depth, Exactness least)
    {
        if (depth <= 0)
        {
            return _selectors.Vector();
        }

        return gen.Int(16) switch
        {
            0 => _selectors.Vector(),
            1 or 2 or 3 => OverRange(depth, least),
            4 or 5 => Aggregation(depth, least),
            6 => ParameterAggregation(depth, least),
            7 or 8 => WithScalar(depth, least),
            9 or 10 => BetweenVectors(depth, least),
            11 => $"({Vector(depth - 1, least)}) {gen.Pick("and", "or", "or", "unless")}{Matching(false)} ({Vector(depth - 1, least)})",
            12 or 13 => Elementwise(depth, least),
            14 => least == Exactness.Dyadic ? $"absent({Vector(depth - 1, Exactness.Identical)})" : Quantile(depth, least),
            _ => OfLabels(depth, least),
        };
    }

    /// <summary>Operators without parentheses, which bind as they do; all values are small whole numbers.</summary>
    private string Chain()
    {
        string chain = Operand();
        for (int operators = gen.Int(2, 6); operators > 0; operators--)
        {
            string op = gen.Pick(
                "+", "-", "*", "%", "/", "^", "==", "!=", ">", "<=", "== bool", "< bool", "and", "or", "unless", "AND on (job, instance)",
                "+ on (job, instance)", "* ignoring (none)", "or on (job)");
            string space = gen.Pick(" ", "\n", "  # a comment + 1\n");
            chain = $"{chain} {op}{space}{(op is "^" ? gen.Pick("2", "-1", "0") : Operand())}";
        }

        return gen.OneIn(4) ? $"sum by (job) ({chain})" : chain;
    }

    private string Operand() => gen.Pick("", "", "", "-", "+", "- -") + gen.Pick(
        "level", "level", "up", "1", "2", "-1", "level offset 1m", "level{job=\"a\"}", "(level)", "sum(up)", "3", "count(level) by (job, instance)");

    private string Matrix(int depth, Exactness least) => depth > 0 && gen.OneIn(3)
        ? $"({Vector(depth - 1, least)})[{gen.Pick("1m250ms", "5m250ms", "10m250ms", "30m250ms")}:{gen.Pick("", "15s", "30s", "1m", "2m", "40s")}]{_selectors.Modifiers()}"
        : _selectors.Range(_selectors.Selector());

    private string OverRange(int depth, Exactness least)
    {
        string same = Matrix(depth, least);
        switch (gen.Int(least == Exactness.Dyadic ? 4 : least == Exactness.Identical ? 7 : 9))
        {
            case 0:
                return $"{gen.Pick("min", "max", "last", "count", "present", "absent")}_over_time({same})";
            case 1:
                return $"sum_over_time({Matrix(depth, Exactness.Dyadic)})";
            case 2:
                return $"{gen.Pick("changes", "resets")}({Matrix(depth, Exactness.Identical)})";
            case 3:
                return $"idelta({same})";
            case 4:
                return $"{gen.Pick("rate", "increase", "irate")}({_selectors.Range(_selectors.Counter())})";
            case 5:
                return $"delta({Matrix(depth, Exactness.Identical)})";
            case 6:
                return $"quantile_over_time({Phi(depth)}, {same})";
            case 7:
                return $"{gen.Pick("avg", "stddev", "stdvar", "sum", "avg")}_over_time({Matrix(depth, Exactness.Identical)})";
            default:
                return gen.Bool()
                    ? $"deriv({Matrix(depth, Exactness.Identical)})"
                    : $"predict_linear({Matrix(depth, Exactness.Identical)}, {gen.Pick("60", "-300", "3600")})";
        }
    }

    private string Aggregation(int depth, Exactness least)
    {
        string grouping = Grouping();
        string op = gen.Int(least == Exactness.Rounded ? 6 : 4) switch
        {
            0 => gen.Pick("min", "max"),
            1 => gen.Pick("count", "group"),
            4 => gen.Pick("avg", "avg", "stddev", "stdvar"),
            5 => "sum",
            _ => "sum exact",
        };
        Exactness inner = op == "sum exact" ? Exactness.Dyadic : least == Exactness.Rounded ? Exactness.Identical : least;
        op = op == "sum exact" ? "sum" : op;
        string vector = Vector(depth - 1, inner);
        return gen.Bool() ? $"{op}{grouping} ({vector})" : $"{op}({vector}){grouping}";
    }

    private string ParameterAggregation(int depth, Exactness least) => gen.Int(least == Exactness.Dyadic ? 2 : 3) switch
    {
        // Which of equal series stay is open, so there are none.
        0 => $"{gen.Pick("topk", "bottomk")}{Grouping()}({gen.Pick("0", "1", "2", "3", "100", "-1", "1.9")}, {gen.Pick("", "-", "2 * ")}{_selectors.Distinct()}{_selectors.Modifiers()})",
        1 => $"count_values{Grouping()}(\"value\", {Vector(depth - 1, Exactness.Identical)})",
        _ => $"quantile{Grouping()}({Phi(depth)}, {Vector(depth - 1, least)})",
    };

    private string WithScalar(int depth, Exactness least)
    {
        string same = $"({Vector(depth - 1, least)})";
        string identical = $"({Vector(depth - 1, least == Exactness.Rounded ? Exactness.Identical : least)})";
        string number = gen.Pick("2", "0.5", "-1", "3", "1000");
        string comparison = gen.Pick("==", "!=", "<", "<=", ">", ">=") + gen.Pick("", "", " bool");
        return gen.Int(least switch { Exactness.Dyadic => 4, Exactness.Identical => 6, _ => 7 }) switch
        {
            0 => $"{same} {gen.Pick("+", "-", "*")} {number}",
            1 => $"{number} {gen.Pick("+", "-", "*")} {same}",
            2 => $"{identical} {comparison} {gen.Pick("0", "1", "1000", "200000", "-5", "NaN", "Inf")}",
            3 => $"{gen.Pick("0", "2", "1000")} {comparison} {identical}",
            4 => $"{identical} {gen.Pick("/", "%", "+", "-", "*")} {Scalar(depth - 1, Exactness.Identical)}",
            5 => $"{Scalar(depth - 1, Exactness.Identical)} {gen.Pick("/", "%", "+", "-", "*")} {identical}",

            // The name stayed after atan2 before 2.54, so there is none.
            _ => $"{(gen.Bool() ? $"{identical} ^" : $"abs{identical} atan2")} {gen.Pick("2", "0.5", "-1", "0", "3")}",
        };
    }

    private string BetweenVectors(int depth, Exactness least)
    {
        Exactness operand = least == Exactness.Rounded ? Exactness.Identical : least;
        string op = gen.Int(3) == 0
            ? gen.Pick("==", "!=", "<", "<=", ">", ">=") + gen.Pick("", " bool")
            : least == Exactness.Dyadic ? gen.Pick("+", "-") : gen.Pick("+", "-", "*", "/", "%");
        switch (gen.Int(5))
        {
            case 0:
                // Every target once on both sides.
                string labels = gen.Pick("job, instance", "instance, job", "job");
                return $"{Aggregated(depth, operand, labels)} {op}{gen.Pick("", $" on ({labels})", " ignoring (zone)")} {Aggregated(depth, operand, labels)}";
            case 1:
                return $"({Vector(depth - 1, operand)}) {op} on (job, instance) group_left {gen.Pick("(version)", "", "()")} build{_selectors.Modifiers()}";
            case 2:
                return $"build {op} on (instance, job) group_right {gen.Pick("(version)", "(version, none)", "")} ({Vector(depth - 1, operand)})";
            case 3:
                string selector = _selectors.Selector();
                return $"{selector}{_selectors.Modifiers()} {op} {selector}{_selectors.Modifiers()}";
            default:
                return $"({Vector(depth - 1, operand)}) {op}{Matching(true)} ({Vector(depth - 1, operand)})";
        }
    }

    private string Aggregated(int depth, Exactness least, string labels) => least == Exactness.Dyadic || gen.Bool()
        ? $"sum by ({labels}) ({Vector(depth - 1, Exactness.Dyadic)})"
        : $"max by ({labels}) ({Vector(depth - 1, least)})";

    private string Elementwise(int depth, Exactness least)
    {
        string same = Vector(depth - 1, least);
        string identical = Vector(depth - 1, Exactness.Identical);
        switch (gen.Int(least switch { Exactness.Dyadic => 4, Exactness.Identical => 8, _ => 9 }))
        {
            case 0:
                return $"{gen.Pick("abs", "sort", "sort_desc", "-", "+", "")}({same})";
            case 1:
                return $"{gen.Pick("ceil", "floor", "sgn", "round")}({Vector(depth - 1, least == Exactness.Rounded ? Exactness.Identical : least)})";
            case 2:
                return $"{gen.Pick("clamp_min", "clamp_max")}({same}, {gen.Pick("0", "1000.25", "-Inf", "NaN")})";
            case 3:
                return $"clamp({same}, {gen.Pick("0", "-10", "NaN")}, {gen.Pick("5", "1000", "-20")})";
            case 4:
                return $"timestamp({(gen.Bool() ? _selectors.Vector() : identical)})";
            case 5:
                return $"{gen.Pick("day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year")}({(gen.Bool() ? "" : identical)})";
            case 6:
                return $"{gen.Pick("sqrt", "deg", "rad")}({identical})";
            case 7:
                return gen.Bool() ? $"vector({Scalar(depth - 1, least)})" : $"round({identical}, {gen.Pick("0.1", "5", "-3", "0")})";
            default:
                string function = gen.Pick(
                    "exp", "ln", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh");
                return $"{function}({identical})";
        }
    }

    private string Quantile(int depth, Exactness least)
    {
        string rate = $"{gen.Pick("rate", "increase", "irate", "delta")}({_selectors.Range(_selectors.Buckets())})";
        string buckets = gen.Int(least == Exactness.Rounded ? 5 : 3) switch
        {
            0 => _selectors.Buckets() + _selectors.Modifiers(),
            1 => rate,
            2 => $"sum by (le{gen.Pick("", ", job", ", instance")}) ({_selectors.Buckets()})",
            3 => $"sum by (le{gen.Pick("", ", job")}) ({rate})",
            _ => $"sum without (instance) ({rate})",
        };
        return $"histogram_quantile({Phi(depth)}, {buckets})";
    }

    private string OfLabels(int depth, Exactness least)
    {
        string vector = Vector(depth - 1, least);
        return gen.Int(3) switch
        {
            0 => $"label_replace({vector}, \"{gen.Pick("to", "job", "instance", "__name__")}\", \"{gen.Pick("$1", "x-$1-$2", "${1}y", "", "fixed", "$name", "$0")}\", \"{gen.Pick("instance", "job", "zone", "none", "__name__")}\", \"{gen.Pick("(.*)", "(.)(.*)", "(?P<name>[ab]).*", "no", "", "(a|b|0)")}\")",
            1 => $"label_join({vector}, \"{gen.Pick("to", "job", "none")}\", \"{gen.Pick("-", "", ", ")}\"{gen.Pick("", ", \"job\"", ", \"job\", \"instance\"", ", \"none\", \"zone\"")})",
            _ => $"absent({_selectors.Vector()})",
        };
    }

    private string Scalar(int depth, Exactness least)
    {
        if (depth <= 0)
        {
            return gen.Pick("1", "2.5", "0x1F", "1e3", ".5", "017", "NaN", "Inf", "-0", "-3", "time()", "pi()");
        }

        string left = Scalar(depth - 1, least);
        return gen.Int(6) switch
        {
            0 => $"scalar({Vector(depth - 1, least)})",
            1 => $"({left} {gen.Pick("+", "-", "*", "/", "%")} {Scalar(depth - 1, Exactness.Identical)})",
            2 => $"({left} {gen.Pick("==", "!=", "<", "<=", ">", ">=")} bool {Scalar(0, least)})",
            3 => $"-({left})",
            4 => "time()",
            _ => left,
        };
    }

    private string Phi(int depth) => gen.OneIn(10)
        ? Scalar(Math.Min(1, depth - 1), Exactness.Identical)
        : gen.Pick("0.5", "0.9", "0.25", "0", "1", "-1", "2", "0.99", "NaN");

    private string Grouping() => gen.Pick(
        "", "", " by (job)", " by (job)", " by (job, instance)", " by (instance)", " without (instance)", " without (job, code)", " by ()", " without ()",
        " by (none)", " by (__name__)", " by (le)");

    private string Matching(bool mayGroup)
    {
        string matching = gen.Pick(
            "", " on (job, instance)", " on (job)", " on ()", " ignoring (zone)", " ignoring (code)", " ignoring (job, instance)", " on (instance, none)");
        return mayGroup && matching.Length > 0 && gen.OneIn(3)
            ? matching + gen.Pick(" group_left", " group_right", " group_left (zone)", " group_right (code)", " group_left (job)")
            : matching;
    }

    /// <summary>What the checker of types or of calls refuses, or the evaluation does.</summary>
    private string IllTyped()
    {
        string vector = Vector(1, Exactness.Identical);
        return gen.Int(18) switch
        {
            0 => $"rate({vector})",
            1 => $"sum({_selectors.Range("temp")})",
            2 => "1 == 2",
            3 => $"({vector}) and 1",
            4 => $"\"a\" + ({vector})",
            5 => $"({vector}) + on (job) group_left (job) ({vector})",
            6 => $"({vector}) or on (job) group_left ({vector})",
            7 => $"topk(\"a\", {vector})",
            8 => $"count_values(1, {vector})",
            9 => $"abs({vector}, 1)",
            10 => $"histogram_quantile({vector})",
            11 => "{job=~\".*\"}",
            12 => "temp{job=~\"(\"}",
            13 => $"label_replace({vector}, \"to\", \"$1\", \"job\", \"(\")",
            14 => $"unknown_function({vector})",
            15 => $"-({_selectors.Range("temp")})",
            16 => $"({vector}) > bool 1 +",
            _ => string.Create(CultureInfo.InvariantCulture, $"temp @ start() @ {data.StartMs}"),
        };
    }
}
