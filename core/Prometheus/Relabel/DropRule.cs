using System.Globalization;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>Writes relabel rules that drop metrics by name, ready to be pasted into a configuration.</summary>
public static class DropRule
{
    private const string RegexCharacters = @"\.+*?()|[]{}^$";

    /// <summary>The rule that drops one metric, with the key that it stands below.</summary>
    /// <param name="section"><c>metric_relabel_configs</c> or <c>write_relabel_configs</c>.</param>
    /// <param name="metric">The metric's name.</param>
    public static string For(string section, string metric) => For(section, [metric], int.MaxValue);

    /// <summary>
    /// The rules that drop these metrics, in their order; a rule takes names until its expression would be longer than
    /// <paramref name="maxRegexLength"/> characters, and one name at least.
    /// </summary>
    public static string For(string section, IReadOnlyList<string> metrics, int maxRegexLength)
    {
        StringBuilder yaml = new();
        yaml.Append(section).Append(metrics.Count == 0 ? ": []" : ":");
        StringBuilder regex = new();
        foreach (string metric in metrics)
        {
            string name = Escape(metric);
            if (regex.Length > 0 && regex.Length + 1 + name.Length > maxRegexLength)
            {
                AppendRule(yaml, regex);
            }

            regex.Append(regex.Length > 0 ? "|" : "").Append(name);
        }

        if (regex.Length > 0)
        {
            AppendRule(yaml, regex);
        }

        return yaml.ToString();
    }

    private static void AppendRule(StringBuilder yaml, StringBuilder regex)
    {
        yaml.Append("\n  - source_labels: [__name__]\n    regex: '").Append(regex.Replace("'", "''"))
            .Append("'\n    action: drop");
        regex.Clear();
    }

    /// <summary>The expression that matches a text and nothing else, free of characters that YAML or a line could not hold.</summary>
    public static string Escape(string metric)
    {
        StringBuilder regex = new();
        foreach (Rune rune in metric.EnumerateRunes())
        {
            if (!IsPlain(rune))
            {
                // Names may hold line breaks, which would end the rule's line, and what YAML does not take as it is.
                regex.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:x}}}");
                continue;
            }

            if (rune.IsAscii && RegexCharacters.Contains((char)rune.Value, StringComparison.Ordinal))
            {
                regex.Append('\\');
            }

            regex.Append(rune.ToString());
        }

        return regex.ToString();
    }

    /// <summary>What a quoted YAML text on one line can hold as it is.</summary>
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
