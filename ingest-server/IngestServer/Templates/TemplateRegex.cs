using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Templates;

/// <summary>Regular expressions of templates, which may match anywhere in a text.</summary>
internal static class TemplateRegex
{
    public static bool IsMatch(string pattern, string text) => Parse(pattern).IsMatch(text);

    public static string ReplaceAll(string pattern, string replacement, string text) =>
        Parse(pattern).ReplaceAll(text, new RegexTemplate(replacement));

    private static SearchRegex Parse(string pattern) => SearchRegex.TryCreate(pattern, out SearchRegex? regex, out string? error)
        ? regex
        : throw new TemplateException(error);
}
