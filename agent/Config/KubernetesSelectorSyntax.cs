using System.Text.RegularExpressions;

namespace AmpEdge.Agent.Config;

/// <summary>Checks label and field selectors, so that a slip shows at start and not as an error of the API server.</summary>
internal static partial class KubernetesSelectorSyntax
{
    /// <summary>What is wrong with a field selector; null when it is right.</summary>
    public static string? FieldProblem(string selector)
    {
        foreach (string term in selector.Split(','))
        {
            if (term.Length > 0 && !term.Contains('=', StringComparison.Ordinal))
            {
                return $"invalid selector: '{selector}'; can't understand '{term}'";
            }
        }

        return null;
    }

    /// <summary>What is wrong with a label selector; null when it is right.</summary>
    public static string? LabelProblem(string selector) =>
        selector.Trim().Length == 0 || LabelSelector().IsMatch(selector)
            ? null
            : $"unable to parse requirement: '{selector}' is no label selector";

    // Terms joined by commas: !key, key, key=value, key==value, key!=value, key<number, key>number, key in (a, b).
    [GeneratedRegex(
        @"^\s*(?:!?\s*[\w./-]+|[\w./-]+\s*(?:==|=|!=)\s*[\w.-]*|[\w./-]+\s*[<>]\s*-?[0-9]+"
        + @"|[\w./-]+\s+(?:in|notin)\s*\([\w.,\s-]*\))"
        + @"(?:\s*,\s*(?:!?\s*[\w./-]+|[\w./-]+\s*(?:==|=|!=)\s*[\w.-]*|[\w./-]+\s*[<>]\s*-?[0-9]+"
        + @"|[\w./-]+\s+(?:in|notin)\s*\([\w.,\s-]*\)))*\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex LabelSelector();
}
