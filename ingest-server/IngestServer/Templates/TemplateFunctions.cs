using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Templates;

/// <summary>The functions of templates: Prometheus's, and those of Go that every template has.</summary>
internal sealed class TemplateFunctions(ITemplateQuery query)
{
    private const double MsPerSecond = 1000;

    /// <summary>Each function with how many arguments it takes at least and at most.</summary>
    private static readonly FrozenDictionary<string, (int Least, int Most)> s_known =
        new Dictionary<string, (int Least, int Most)>(StringComparer.Ordinal)
        {
            ["query"] = (1, 1),
            ["first"] = (1, 1),
            ["label"] = (2, 2),
            ["value"] = (1, 1),
            ["strvalue"] = (1, 1),
            ["args"] = (0, int.MaxValue),
            ["reReplaceAll"] = (3, 3),
            ["safeHtml"] = (1, 1),
            ["match"] = (2, 2),
            ["title"] = (1, 1),
            ["toUpper"] = (1, 1),
            ["toLower"] = (1, 1),
            ["graphLink"] = (1, 1),
            ["tableLink"] = (1, 1),
            ["sortByLabel"] = (2, 2),
            ["stripPort"] = (1, 1),
            ["stripDomain"] = (1, 1),
            ["humanize"] = (1, 1),
            ["humanize1024"] = (1, 1),
            ["humanizeDuration"] = (1, 1),
            ["humanizePercentage"] = (1, 1),
            ["humanizeTimestamp"] = (1, 1),
            ["toTime"] = (1, 1),
            ["toDuration"] = (1, 1),
            ["now"] = (0, 0),
            ["pathPrefix"] = (0, 0),
            ["externalURL"] = (0, 0),
            ["parseDuration"] = (1, 1),
            ["urlQueryEscape"] = (1, 1),
            ["and"] = (1, int.MaxValue),
            ["or"] = (1, int.MaxValue),
            ["not"] = (1, 1),
            ["len"] = (1, 1),
            ["index"] = (1, int.MaxValue),
            ["slice"] = (1, 3),
            ["print"] = (0, int.MaxValue),
            ["printf"] = (1, int.MaxValue),
            ["println"] = (0, int.MaxValue),
            ["html"] = (0, int.MaxValue),
            ["js"] = (0, int.MaxValue),
            ["urlquery"] = (0, int.MaxValue),
            ["eq"] = (2, int.MaxValue),
            ["ne"] = (2, 2),
            ["lt"] = (2, 2),
            ["le"] = (2, 2),
            ["gt"] = (2, 2),
            ["ge"] = (2, 2),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Has(string name) => s_known.ContainsKey(name);

    /// <exception cref="TemplateException">The arguments are not what the function takes.</exception>
    public object? Call(string name, List<object?> arguments)
    {
        (int least, int most) = s_known[name];
        if (arguments.Count < least || arguments.Count > most)
        {
            string want = least == most ? $"{least}" : $"at least {least}";
            throw new TemplateException($"wrong number of args for {name}: want {want} got {arguments.Count}");
        }

        return name switch
        {
            "query" or "first" or "label" or "value" or "strvalue" or "sortByLabel" => CallOnSamples(name, arguments),
            "humanize" or "humanize1024" or "humanizeDuration" or "humanizePercentage" or "humanizeTimestamp"
                or "toTime" or "toDuration" => CallOnNumber(name, GoConvert.ToFloat(arguments[0])),
            "now" => query.TimeMs / MsPerSecond,
            "externalURL" => query.ExternalUrl,
            "pathPrefix" => Uri.TryCreate(query.ExternalUrl, UriKind.Absolute, out Uri? url) ? url.AbsolutePath.TrimEnd('/') : "",
            "args" => Named(arguments),
            "and" or "or" or "not" or "len" or "index" or "slice" or "eq" or "ne" or "lt" or "le" or "gt" or "ge" =>
                TemplateBuiltins.Call(name, arguments),
            "print" => GoPrint.Print(arguments),
            "println" => GoPrint.PrintLine(arguments),
            "printf" => GoPrint.Format(GoConvert.ToText(arguments[0]), arguments[1..]),
            "html" => WebUtility.HtmlEncode(GoPrint.Print(arguments)),
            "js" => System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(GoPrint.Print(arguments)),
            "urlquery" => QueryEscape(GoPrint.Print(arguments)),
            _ => CallOnText(name, arguments),
        };
    }

    /// <summary>Arguments for a template of one's own: <c>arg0</c>, <c>arg1</c>, …</summary>
    private static SortedDictionary<string, object?> Named(List<object?> arguments)
    {
        SortedDictionary<string, object?> named = new(StringComparer.Ordinal);
        for (int index = 0; index < arguments.Count; index++)
        {
            named[string.Create(CultureInfo.InvariantCulture, $"arg{index}")] = arguments[index];
        }

        return named;
    }

    private object? CallOnSamples(string name, List<object?> arguments)
    {
        switch (name)
        {
            case "query":
                return query.Query(GoConvert.ToText(arguments[0]));
            case "first":
                List<TemplateSample> samples = GoConvert.ToSamples(arguments[0]);
                return samples.Count > 0
                    ? samples[0]
                    : throw new TemplateException("first() called on vector with no elements");
            case "label":
                return GoConvert.ToSample(arguments[1]).Labels.GetValueOrDefault(GoConvert.ToText(arguments[0]), "");
            case "value":
                return GoConvert.ToSample(arguments[0]).Value;
            case "strvalue":
                return GoConvert.ToSample(arguments[0]).Labels.GetValueOrDefault("__value__", "");
            default:
                string label = GoConvert.ToText(arguments[0]);
                List<TemplateSample> sorted = [.. GoConvert.ToSamples(arguments[1])];
                Dictionary<TemplateSample, int> places = new(ReferenceEqualityComparer.Instance);
                for (int index = 0; index < sorted.Count; index++)
                {
                    places[sorted[index]] = index;
                }

                sorted.Sort((left, right) =>
                {
                    int order = string.CompareOrdinal(
                        left.Labels.GetValueOrDefault(label, ""), right.Labels.GetValueOrDefault(label, ""));
                    return order != 0 ? order : places[left].CompareTo(places[right]);
                });
                return sorted;
        }
    }

    private static object CallOnNumber(string name, double number) => name switch
    {
        "humanize" => HumanNumbers.Humanize(number),
        "humanize1024" => HumanNumbers.Humanize1024(number),
        "humanizeDuration" => HumanNumbers.Duration(number),
        "humanizePercentage" => HumanNumbers.Percentage(number),
        "humanizeTimestamp" => double.IsFinite(number) ? GoPrint.Value(GoConvert.ToTime(number)) : HumanNumbers.General(number),
        "toTime" => GoConvert.ToTime(number),
        _ => double.IsFinite(number) && Math.Abs(number) < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(number)
            : throw new TemplateException($"{HumanNumbers.General(number)} cannot be converted to a duration"),
    };

    private static object CallOnText(string name, List<object?> arguments)
    {
        string text = GoConvert.ToText(arguments[^1]);
        switch (name)
        {
            case "safeHtml":
                return text;
            case "title":
                return Title(text);
            case "toUpper":
                return text.ToUpperInvariant();
            case "toLower":
                return text.ToLowerInvariant();
            case "graphLink":
                return $"/graph?g0.expr={QueryEscape(text)}&g0.tab=0";
            case "tableLink":
                return $"/graph?g0.expr={QueryEscape(text)}&g0.tab=1";
            case "urlQueryEscape":
                return QueryEscape(text);
            case "stripPort":
                return StripPort(text);
            case "stripDomain":
                return StripDomain(text);
            case "parseDuration":
                return PrometheusDuration.TryParse(text, out TimeSpan duration, out string problem)
                    ? duration.TotalSeconds
                    : throw new TemplateException(problem);
            case "match":
                return TemplateRegex.IsMatch(GoConvert.ToText(arguments[0]), text);
            default:
                return TemplateRegex.ReplaceAll(GoConvert.ToText(arguments[0]), GoConvert.ToText(arguments[1]), text);
        }
    }

    /// <summary>The first letter of each word in upper case, the others as they are.</summary>
    private static string Title(string text)
    {
        StringBuilder title = new(text.Length);
        bool inWord = false;
        foreach (Rune letter in text.EnumerateRunes())
        {
            bool isLetter = Rune.IsLetterOrDigit(letter) || letter.Value is '_' or '\'';
            title.Append((isLetter && !inWord ? Rune.ToUpperInvariant(letter) : letter).ToString());
            inWord = isLetter;
        }

        return title.ToString();
    }

    /// <summary>A host without its port; what is no host with a port stays as it is.</summary>
    private static string StripPort(string text) => TrySplitPort(text, out string host, out _) ? host : text;

    /// <summary>A host name without its domain, the port kept; addresses stay as they are.</summary>
    private static string StripDomain(string text)
    {
        bool hasPort = TrySplitPort(text, out string host, out string port);
        host = hasPort ? host : text;
        if (IPAddress.TryParse(host, out _))
        {
            return text;
        }

        int dot = host.IndexOf('.', StringComparison.Ordinal);
        string bare = dot < 0 ? host : host[..dot];
        return hasPort ? $"{bare}:{port}" : bare;
    }

    private static bool TrySplitPort(string text, out string host, out string port)
    {
        int colon = text.LastIndexOf(':');
        bool bracketed = text.StartsWith('[');
        host = colon < 0 ? text : text[..colon];
        port = colon < 0 ? "" : text[(colon + 1)..];
        if (colon < 0 || (!bracketed && host.Contains(':', StringComparison.Ordinal)))
        {
            return false;
        }

        if (bracketed)
        {
            if (!host.EndsWith(']'))
            {
                return false;
            }

            host = host[1..^1];
        }

        return true;
    }

    /// <summary>For the query of a URL: a blank becomes a plus.</summary>
    private static string QueryEscape(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
