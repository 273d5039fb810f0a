using System.Globalization;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>One thing that is wrong with a configuration, printed as <c>file:line:column key.path: problem (got …, allowed …)</c>.</summary>
/// <param name="File">As it was named by whoever started the program.</param>
/// <param name="Position">Of the value, or of the mapping that lacks it.</param>
/// <param name="KeyPath">Such as <c>scrape_configs[2].scrape_interval</c>; empty for the document.</param>
/// <param name="Problem">What is wrong, in Prometheus's words where Prometheus has some.</param>
/// <param name="Got">The offending value, if it may be shown.</param>
/// <param name="Allowed">What would be accepted.</param>
/// <param name="Nearest">What was meant, most likely.</param>
public sealed record ConfigProblem(
    string File, YamlPosition Position, string KeyPath, string Problem, string? Got = null, string? Allowed = null,
    string? Nearest = null)
{
    private const int MaxShownLength = 200;

    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{File}:{Position.Line}:{Position.Column} ");
        text.Append(KeyPath).Append(KeyPath.Length > 0 ? ": " : "").Append(Problem);
        string before = " (";
        foreach (string? part in (ReadOnlySpan<string?>)[
            Got is null ? null : $"got '{Cut(Got)}'",
            Allowed is null ? null : $"allowed: {Allowed}",
            Nearest is null ? null : $"did you mean {Nearest}?"])
        {
            if (part is not null)
            {
                text.Append(before).Append(part);
                before = ", ";
            }
        }

        return text.Append(before == ", " ? ")" : "").ToString();
    }

    private static string Cut(string value)
    {
        string line = value.Replace("\n", "\\n", StringComparison.Ordinal);
        return line.Length <= MaxShownLength ? line : line[..MaxShownLength] + "…";
    }
}
