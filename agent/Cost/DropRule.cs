using System.Globalization;
using System.Text;

namespace AmpEdge.Agent.Cost;

/// <summary>Writes the metric relabel rule that drops a metric, ready to be pasted below a job.</summary>
internal static class DropRule
{
    private const string RegexCharacters = @"\.+*?()|[]{}^$";

    public static string For(string metric)
    {
        StringBuilder regex = new();
        foreach (char character in metric)
        {
            if (char.IsControl(character))
            {
                // Names may hold line breaks, which would end the rule's line.
                regex.Append(CultureInfo.InvariantCulture, $"\\x{{{(int)character:x}}}");
                continue;
            }

            if (RegexCharacters.Contains(character, StringComparison.Ordinal))
            {
                regex.Append('\\');
            }

            regex.Append(character);
        }

        return $"""
            metric_relabel_configs:
              - source_labels: [__name__]
                regex: '{regex.Replace("'", "''")}'
                action: drop
            """;
    }
}
