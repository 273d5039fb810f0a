using System.Globalization;
using System.Text;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>Random expressions that the whole language allows, well typed, as text in no tidy form.</summary>
public sealed class ExpressionGen(Gen gen)
{
    private const string Letters = "abcdefgxyz_:0123456789";

    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] s_arithmetic = ["+", "-", "*", "/", "%", "^", "atan2"];
    private static readonly string[] s_aggregates = ["sum", "avg", "min", "MAX", "count", "group", "stddev", "stdvar"];
    private static readonly string[] s_labels =
        ["job", "le", "by", "on", "bool", "group_left", "sum", "offset", "\"a.b\"", "'ü'", "start", "x1"];

    /// <summary>An expression that gives an instant vector.</summary>
    public string Vector(int depth)
    {
        if (depth <= 0)
        {
            return Selector() + TimeModifiers();
        }

        return gen.Int(10) switch
        {
            0 => $"({Blank()}{Vector(depth - 1)}{Blank()})",
            1 => $"{(gen.Bool() ? "-" : "+")}{Vector(depth - 1)}",
            2 => $"({Vector(depth - 1)}) {Operator(vectors: true)} ({Vector(depth - 1)})",
            3 => $"{Vector(depth - 1)} {Operator(vectors: false)} {Scalar(0)}",
            4 => $"{Scalar(0)} {Operator(vectors: false)} ({Vector(depth - 1)})",
            5 => Aggregate(depth - 1),
            6 => $"{gen.Pick("rate", "increase", "sum_over_time", "changes")}({Matrix(depth - 1)})",
            7 => $"quantile_over_time({Scalar(depth - 1)}, {Matrix(depth - 1)})",
            8 => $"label_replace({Vector(depth - 1)}, {Text()}, \"$1\", `a`, '(.*)')",
            _ => $"{gen.Pick("abs", "ceil", "sort", "timestamp")}({Vector(depth - 1)})",
        };
    }

    /// <summary>An expression that gives a scalar.</summary>
    public string Scalar(int depth)
    {
        if (depth <= 0 || gen.OneIn(2))
        {
            // No Inf: it is printed with a sign, which binds weaker than ^, so the tree would change.
            return gen.Pick("1", "0x1F", "1_000", "2.5e-3", ".5", "017", "NaN", "5m", "1h30m", "-3", "1e30");
        }

        return gen.Int(4) switch
        {
            0 => "time()",
            1 => $"({Scalar(depth - 1)})",
            2 => $"{Scalar(depth - 1)} {gen.Pick<string>(s_arithmetic)} {Scalar(depth - 1)}",
            _ => $"{Scalar(depth - 1)} {gen.Pick<string>(s_comparisons)} bool {Scalar(depth - 1)}",
        };
    }

    private string Matrix(int depth)
    {
        if (gen.Bool())
        {
            string extension = gen.OneIn(4) ? gen.Pick(" anchored", " smoothed") : "";
            return $"{Selector()}[{Duration()}]{extension}{TimeModifiers()}";
        }

        string step = gen.Bool() ? Duration() : "";
        return $"({Vector(depth - 1)})[{Duration()}:{step}]{TimeModifiers()}";
    }

    private string Aggregate(int depth)
    {
        string grouping = gen.Pick("by", "without", "BY") + $"({Labels(4)})";
        if (gen.OneIn(3))
        {
            string parameter = gen.Pick("topk", "bottomk", "quantile", "limitk");
            return $"{parameter} {(gen.Bool() ? grouping : "")} ({Scalar(1)},{Vector(depth)})";
        }

        string op = gen.Pick<string>(s_aggregates);
        return gen.Int(3) switch
        {
            0 => $"{op}({Vector(depth)})",
            1 => $"{op} {grouping} ({Vector(depth)})",
            _ => $"{op}({Vector(depth)}) {grouping}",
        };
    }

    private string Operator(bool vectors)
    {
        if (vectors && gen.OneIn(4))
        {
            return gen.Pick("and", "or", "unless", "AND") + Matching(set: true);
        }

        string op = gen.Bool() ? gen.Pick<string>(s_arithmetic) : gen.Pick<string>(s_comparisons);
        bool comparison = Array.IndexOf(s_comparisons, op) >= 0;
        return op + (comparison && gen.Bool() ? " bool" : "") + (vectors ? Matching(set: false) : "");
    }

    private string Matching(bool set)
    {
        if (gen.Bool())
        {
            return "";
        }

        string matching = gen.Bool() ? $" on(a{gen.Int(3)}, b)" : $" ignoring({Labels(3)})";
        if (!set && gen.OneIn(3))
        {
            matching += gen.Bool() ? " group_left()" : $" group_right({Labels(2)})";
        }

        return matching + (!set && gen.OneIn(5) ? gen.Pick(" fill(0)", " fill_left(-1) fill_right(2)") : "");
    }

    private string Selector()
    {
        string name = gen.Pick("up", "http_requests_total", "a:b", "sum", "min_of", "fill", "offset", "step");
        return gen.Int(4) switch
        {
            0 => name,
            1 => $"{name}{{{Matchers()}}}",
            2 => $"{{{Text()}, {Matchers()}}}",
            _ => $"{name} # a comment\n{{{Matchers()},}}",
        };
    }

    private string Matchers()
    {
        StringBuilder text = new("z=\"1\"");
        for (int count = gen.Int(3); count > 0; count--)
        {
            string name = gen.OneIn(3) ? "\"c d\"" : "l" + gen.Int(10).ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $",{name}{gen.Pick("=", "!=", "=~", "!~")}{Text()}");
        }

        return text.ToString();
    }

    private string Labels(int most)
    {
        List<string> labels = [];
        for (int count = gen.Int(most); count > 0; count--)
        {
            labels.Add(gen.Pick<string>(s_labels));
        }

        return string.Join(gen.Pick(",", ", "), labels);
    }

    private string Text()
    {
        string inner = "t" + gen.Text(Letters, 6);
        return gen.Int(4) switch
        {
            0 => $"'{inner}'",
            1 => $"`{inner}`",
            2 => $"\"{inner}\\u00e9\\n\\x41\"",
            _ => $"\"{inner}\"",
        };
    }

    private string TimeModifiers()
    {
        string at = gen.Pick("", "", "", " @ 123.4565", " @ start()", " @ end()", " @ -5");
        string offset = gen.Pick("", "", "", " offset 5m", " OFFSET -1h", " offset -(5m+1)", " offset step()", " offset 0.5");
        return gen.Bool() ? at + offset : offset + at;
    }

    private string Duration() => gen.Pick(
        "5m", "1h30m", "90", "0.5", "2*1h", "(5m)", "step()", "max_of(step(), 1m)", "-(1m-2m)", "1y2w3d", "1500ms", "2^2^0.5");

    private string Blank() => gen.Pick("", " ", "\t", "\n");
}
