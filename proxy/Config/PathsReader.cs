using System.Buffers;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads what a route says of paths: <c>allow_paths</c> and <c>path_rewrites</c>.</summary>
internal static class PathsReader
{
    private static readonly SearchValues<char> s_notInPaths = SearchValues.Create("?# \r\n\0");

    public static IReadOnlyList<string> ReadAllowed(ConfigSection section)
    {
        IReadOnlyList<string> patterns = section.Texts("allow_paths");
        foreach (string pattern in patterns)
        {
            int rest = pattern.IndexOf("**", StringComparison.Ordinal);
            if (!IsPath(pattern) || (rest >= 0 && (rest != pattern.Length - 2 || pattern[rest - 1] != '/')))
            {
                section.Fail(
                    "allow_paths", "holds what is no pattern of a path", pattern,
                    "such as /api/v1/query, /api/v1/label/*/values, /api/v1/**");
            }
        }

        return patterns;
    }

    public static IReadOnlyList<PathRewriteConfig> ReadRewrites(ConfigSection section)
    {
        List<PathRewriteConfig> rewrites = [];
        foreach (ConfigSection item in section.Sections("path_rewrites", "path_rewrite", "empty path rewrite"))
        {
            PathRewriteConfig rewrite = new()
            {
                Prefix = item.Text("prefix").TrimEnd('/'),
                Regex = item.Text("regex"),
                Replacement = item.Text("replacement"),
            };
            Check(item, rewrite);
            item.End();
            rewrites.Add(rewrite);
        }

        return rewrites;
    }

    private static void Check(ConfigSection item, PathRewriteConfig rewrite)
    {
        if (rewrite.Prefix.Length > 0 == rewrite.Regex.Length > 0)
        {
            item.Fail("needs one of prefix and regex");
        }

        if (rewrite.Prefix.Length > 0 && !IsPath(rewrite.Prefix))
        {
            item.Fail("prefix", "is not the beginning of a path", rewrite.Prefix, "such as /prometheus");
        }

        if (rewrite.Replacement.Length > 0 && !IsPath(rewrite.Replacement))
        {
            item.Fail("replacement", "is not a path", rewrite.Replacement, "empty, or what begins with /");
        }

        if (!AnchoredRegex.TryCreate(rewrite.Regex, out _, out string? problem))
        {
            item.Fail("regex", problem, rewrite.Regex);
        }
    }

    private static bool IsPath(string text) => text.StartsWith('/') && !text.AsSpan().ContainsAny(s_notInPaths);
}
