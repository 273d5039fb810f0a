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
