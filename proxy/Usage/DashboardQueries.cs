using System.Text.Json;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// Finds the queries of a Grafana dashboard in JSON: every <c>expr</c>, wherever it stands, and the queries of its variables
/// (<c>label_values(…)</c>, <c>query_result(…)</c>, or an expression).
/// </summary>
internal static class DashboardQueries
{
    private const int MaxQueries = 100_000;
    private const string LabelValues = "label_values(";
    private const string QueryResult = "query_result(";

    /// <summary>The queries with their variables replaced; null when the bytes are no JSON.</summary>
    public static IReadOnlyList<string>? Of(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> text = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        if (JsonTree.Parse(text) is not { } document)
        {
            return null;
        }

        using (document)
        {
            List<string> found = [];
            Collect(document.RootElement, found);
            return found;
        }
    }

    /// <summary>
    /// The query itself. A variable beside an operator most likely is a threshold or a divisor: it is a number, unless that makes the
    /// query no PromQL.
    /// </summary>
    public static string Readable(string query)
    {
        string replaced = GrafanaVariables.Replace(query, numbers: true);
        if (replaced == query)
        {
            return query;
        }

        QueryNames.Of(replaced, out bool isReadable);
        return isReadable ? replaced : GrafanaVariables.Replace(query);
    }

    private static void Collect(JsonElement element, List<string> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Collect(item, found);
            }

            return;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                Collect(member.Value, found);
            }
            else if (found.Count < MaxQueries && QueryIn(member, element) is { Length: > 0 } query)
            {
                found.Add(Readable(query));
            }
        }
    }

    private static string? QueryIn(JsonProperty member, JsonElement holder)
    {
        if (member.NameEquals("expr"u8))
        {
            return JsonTree.TextOf(member.Value);
        }

        if (!member.NameEquals("query"u8) && !member.NameEquals("definition"u8))
        {
            return null;
        }

        string text = JsonTree.TextOf(member.Value).Trim();
        if (text.StartsWith(LabelValues, StringComparison.Ordinal))
        {
            return SelectorOfLabelValues(text);
        }

        if (text.StartsWith(QueryResult, StringComparison.Ordinal))
        {
            return text.EndsWith(')') ? text[QueryResult.Length..^1] : text[QueryResult.Length..];
        }

        return IsQueryVariable(holder) && !IsListOfNames(text) ? text : null;
    }

    /// <summary><c>label_values(SELECTOR, label)</c>; without a selector nothing is read by name.</summary>
    private static string? SelectorOfLabelValues(string text)
    {
        int comma = text.LastIndexOf(',');
        return comma < 0 ? null : text[LabelValues.Length..comma].Trim();
    }

    /// <summary>Functions of Grafana that list names and read no metric.</summary>
    private static bool IsListOfNames(string text) =>
        text.StartsWith("metrics(", StringComparison.Ordinal) || text.StartsWith("label_names(", StringComparison.Ordinal)
        || text.StartsWith("label_values(", StringComparison.Ordinal);

    /// <summary>A variable whose values come from a query, not from a list, an interval or the names of data sources.</summary>
    private static bool IsQueryVariable(JsonElement holder) =>
        JsonTree.Member(holder, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("query"u8);
}
