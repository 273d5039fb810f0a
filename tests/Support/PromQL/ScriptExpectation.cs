using System.Text.RegularExpressions;

namespace AmpEdge.Tests.Support;

/// <summary>What a script expects besides values: <c>expect warn msg: …</c>.</summary>
/// <param name="Kind">fail, warn, info, no_warn, no_info, ordered or string.</param>
/// <param name="Text">The exact text, when one is given.</param>
/// <param name="Pattern">The expression that must match somewhere, when one is given.</param>
public sealed record ScriptExpectation(string Kind, string? Text = null, Regex? Pattern = null)
{
    /// <summary>Reads what follows the word <c>expect</c>.</summary>
    public static ScriptExpectation Parse(string rest)
    {
        string kind = rest.Split(' ', 2)[0];
        string detail = rest[kind.Length..].Trim();
        return detail switch
        {
            _ when kind == "string" => new ScriptExpectation(kind, detail),
            _ when detail.StartsWith("msg:", StringComparison.Ordinal) => new ScriptExpectation(kind, detail[4..].Trim()),
            _ when detail.StartsWith("regex:", StringComparison.Ordinal) =>
                new ScriptExpectation(kind, Pattern: new Regex(detail[6..].Trim(), RegexOptions.CultureInvariant)),
            _ => new ScriptExpectation(kind),
        };
    }

    public bool Covers(string text) => (Text is null || text == Text) && (Pattern is null || Pattern.IsMatch(text));
}
