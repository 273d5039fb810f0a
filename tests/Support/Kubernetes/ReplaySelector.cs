using System.Text.Json;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>Evaluates label and field selectors on an object's JSON, as far as the recordings use them.</summary>
internal static class ReplaySelector
{
    public static bool Matches(JsonElement item, string labelSelector, string fieldSelector)
    {
        foreach (string term in Terms(fieldSelector))
        {
            if (!MatchesField(item, term))
            {
                return false;
            }
        }

        JsonElement labels = Get(item, "metadata", "labels");
        foreach (string term in Terms(labelSelector))
        {
            if (!MatchesLabel(labels, term))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A member at the end of a path; undefined when there is none.</summary>
    public static JsonElement Get(JsonElement item, params ReadOnlySpan<string> path)
    {
        foreach (string member in path)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(member, out item))
            {
                return default;
            }
        }

        return item;
    }

    private static bool MatchesField(JsonElement item, string term)
    {
        bool negated = term.Contains("!=", StringComparison.Ordinal);
        string[] parts = term.Split(negated ? "!=" : "=", 2);
        JsonElement value = Get(item, parts[0].Split('.'));
        string text = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
        return text == parts[1].TrimStart('=') != negated;
    }

    private static bool MatchesLabel(JsonElement labels, string term)
    {
        if (term.StartsWith('!'))
        {
            return Label(labels, term[1..]) is null;
        }

        int set = term.IndexOf(" in ", StringComparison.Ordinal);
        if (set > 0)
        {
            string[] allowed = term[(set + 4)..].Trim(' ', '(', ')').Split(',', StringSplitOptions.TrimEntries);
            return Array.IndexOf(allowed, Label(labels, term[..set])) >= 0;
        }

        string[] parts = term.Split('=', 2);
        return parts.Length == 1 ? Label(labels, term) is not null : Label(labels, parts[0]) == parts[1];
    }

    private static string? Label(JsonElement labels, string name) =>
        Get(labels, name.Trim()) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>Cut at commas that are not in brackets.</summary>
    private static List<string> Terms(string selector)
    {
        List<string> terms = [];
        int depth = 0;
        int start = 0;
        for (int index = 0; index <= selector.Length; index++)
        {
            if (index == selector.Length || (selector[index] == ',' && depth == 0))
            {
                if (index > start)
                {
                    terms.Add(selector[start..index].Trim());
                }

                start = index + 1;
            }
            else if (selector[index] is '(' or ')')
            {
                depth += selector[index] == '(' ? 1 : -1;
            }
        }

        return terms;
    }
}
