using System.Globalization;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>Random selectors over <see cref="FuzzedData"/>, with matchers and time modifiers.</summary>
public sealed class FuzzedSelectors(Gen gen, FuzzedData data)
{
    /// <summary>An instant selector with its modifiers.</summary>
    public string Vector() => Selector() + Modifiers();

    /// <summary>A range selector with its modifiers.</summary>
    public string Range(string selector) => $"{selector}[{gen.Pick("20s", "1m", "5m", "5m", "10m", "30m", "1h")}]{Modifiers()}";

    /// <summary>A selector without modifiers.</summary>
    public string Selector() => gen.Int(12) switch
    {
        0 => $"{{job=\"{Job()}\"}}",
        1 => $"{{__name__=~\"{gen.Pick("requests_total|errors_total", "temp|level", "dur_.+", "up|none", ".+_total")}\"{MoreMatchers()}}}",
        2 => gen.OneIn(4) ? "none" : "up",
        3 => $"odd{Matchers("instance")}",
        4 => $"{{__name__=\"{Metric()}\"{MoreMatchers()}}}",
        _ => Metric() + Matchers("job", "instance", "job", "zone", "none"),
    };

    /// <summary>Gauges of which no two are equal at a time.</summary>
    public string Distinct() => "temp" + Matchers("job", "instance", "zone");

    /// <summary>A counter.</summary>
    public string Counter() => gen.Pick("requests_total", "errors_total", "dur_count", "dur_sum", "dur_bucket") + Matchers("job", "instance");

    /// <summary>The buckets of the classic histogram.</summary>
    public string Buckets() => "dur_bucket" + Matchers("job", "instance", "job");

    /// <summary>
    /// An <c>@</c> or an offset, both, or mostly none. For subqueries too: their range has a quarter of a second, so that their
    /// edges never meet an inner step.
    /// </summary>
    public string Modifiers()
    {
        string at = gen.Int(16) switch
        {
            0 => " @ start()",
            1 => " @ end()",
            2 => string.Create(CultureInfo.InvariantCulture, $" @ {(data.StartMs / 1000) + gen.Int(8000)}.5"),
            _ => "",
        };
        string offset = gen.OneIn(7) ? $" offset {gen.Pick("30s", "1m", "7m", "1h", "-2m", "-30s")}" : "";
        return gen.Bool() ? at + offset : offset + at;
    }

    private string Metric() => gen.Pick(
        "requests_total", "requests_total", "errors_total", "temp", "temp", "level", "level", "up", "build", "sparse", "dur_bucket",
        "dur_sum", "dur_count");

    private string Job() => gen.Pick("a", "b");

    private string MoreMatchers()
    {
        string matchers = Matchers("job", "instance");
        return matchers.Length == 0 ? "" : "," + matchers[1..^1];
    }

    private string Matchers(params ReadOnlySpan<string> labels)
    {
        if (!gen.OneIn(3))
        {
            return "";
        }

        List<string> matchers = [];
        for (int count = gen.OneIn(4) ? 2 : 1; count > 0; count--)
        {
            string label = gen.Pick(labels);
            string value = label switch
            {
                "job" => gen.Pick("a", "b", "", "c", ".*", "a|b", "[^a]", "(?i:A)", "a.*", "a|b|c", ".+"),
                "instance" => gen.Pick("0", "1", "2", "[01]", "0|2", ".+", "\\\\d", "[[:digit:]]", ""),
                "zone" => gen.Pick("x", "y", "", "x|", "x?y?", "."),
                _ => gen.Pick("", ".*", ".+"),
            };
            matchers.Add($"{label}{gen.Pick("=", "!=", "=~", "=~", "!~")}\"{value}\"");
        }

        return $"{{{string.Join(',', matchers)}}}";
    }
}
