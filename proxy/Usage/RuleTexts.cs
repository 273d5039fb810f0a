using System.Text.Json;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary>Finds the expressions of recording and alerting rules.</summary>
internal static class RuleTexts
{
    private const int MaxRules = 100_000;

    /// <summary>Of an answer of the rules API: <c>data.groups[].rules[].query</c>. Null when it is none.</summary>
    public static IReadOnlyList<string>? OfAnswer(ReadOnlySpan<byte> json)
    {
        if (JsonTree.Parse(json) is not { } document)
        {
            return null;
        }

        using (document)
        {
            List<string> found = [];
            if (JsonTree.Member(document.RootElement, "data") is not { } data || JsonTree.Member(data, "groups") is not { } groups)
            {
                return null;
            }

            foreach (JsonElement group in JsonTree.Items(groups))
            {
                foreach (JsonElement rule in JsonTree.Member(group, "rules") is { } rules ? JsonTree.Items(rules) : default)
                {
                    if (JsonTree.Member(rule, "query") is { ValueKind: JsonValueKind.String } query && found.Count < MaxRules)
                    {
                        found.Add(JsonTree.TextOf(query));
                    }
                }
            }

            return found;
        }
    }

    /// <summary>
    /// Of a rule group namespace as AMP's control plane takes and gives it: base64 of a rule file in <c>data</c>, or in
    /// <c>ruleGroupsNamespace.data</c>. Null when it is none.
    /// </summary>
    public static IReadOnlyList<string>? OfNamespace(ReadOnlySpan<byte> json)
    {
        if (JsonTree.Parse(json) is not { } document)
        {
            return null;
        }

        using (document)
        {
            JsonElement holder = JsonTree.Member(document.RootElement, "ruleGroupsNamespace") ?? document.RootElement;
            if (JsonTree.Member(holder, "data") is not { ValueKind: JsonValueKind.String } data || !data.TryGetBytesFromBase64(out byte[]? file))
            {
                return null;
            }

            ConfigErrors errors = new();
            return YamlReader.Read("rules", file, errors) is { } yaml && errors.Count == 0 ? OfFile(yaml) : null;
        }
    }

    /// <summary>
    /// Of a rule file, in the form of Prometheus or as a PrometheusRule of Kubernetes: every <c>expr</c>, wherever it stands.
    /// </summary>
    public static List<string> OfFile(YamlNode file)
    {
        List<string> found = [];
        Collect(file, found);
        return found;
    }

    private static void Collect(YamlNode node, List<string> found)
    {
        if (node is YamlSequence list)
        {
            foreach (YamlNode item in list.Items)
            {
                Collect(item, found);
            }
        }
        else if (node is YamlMapping mapping)
        {
            foreach (YamlEntry entry in mapping.Entries)
            {
                if (entry is { Key: "expr", Value: YamlScalar { Value: { Length: > 0 } expression } } && found.Count < MaxRules)
                {
                    found.Add(expression);
                }
                else
                {
                    Collect(entry.Value, found);
                }
            }
        }
    }
}
