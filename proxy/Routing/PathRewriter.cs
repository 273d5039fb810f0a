using AmpEdge.Prometheus;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Routing;

/// <summary>Makes the paths of callers into those of the upstream.</summary>
internal sealed class PathRewriter
{
    private const string Workspaces = "/workspaces/";
    private const string ShortWrite = "/api/v1/write";
    private const string RemoteWrite = "/api/v1/remote_write";

    private readonly string _workspace;
    private readonly List<(PathRewriteConfig Config, AnchoredRegex? Regex, RegexTemplate Replacement)> _rewrites = [];

    public PathRewriter(RouteConfig route)
    {
        _workspace = route.Workspace.Length > 0 ? Workspaces + route.Workspace : "";
        foreach (PathRewriteConfig rewrite in route.PathRewrites)
        {
            AnchoredRegex? regex = rewrite.Regex.Length > 0 ? AnchoredRegex.Create(rewrite.Regex) : null;
            _rewrites.Add((rewrite, regex, new RegexTemplate(rewrite.Replacement)));
        }
    }

    /// <summary>
    /// The path to forward; the same string when it stays as it is. With a workspace, <c>/api/v1/write</c> becomes
    /// <c>/workspaces/ID/api/v1/remote_write</c> and every other path is put below <c>/workspaces/ID</c>.
    /// </summary>
    /// <param name="path">Escapes as sent, dots resolved.</param>
    public string Rewrite(string path)
    {
        // Asked first, because compiling the rules anew loads the library of regular expressions.
        string rewritten = _rewrites.Count == 0 ? path : ApplyRewrites(path);
        if (_workspace.Length == 0 || RouteMatcher.IsBelow(rewritten, _workspace))
        {
            return rewritten;
        }

        return _workspace + (rewritten == ShortWrite ? RemoteWrite : rewritten);
    }

    private string ApplyRewrites(string path)
    {
        foreach ((PathRewriteConfig rewrite, AnchoredRegex? regex, RegexTemplate replacement) in _rewrites)
        {
            if (regex is not null)
            {
                if (regex.TryExpand(path, replacement, out string? expanded))
                {
                    return Rooted(expanded);
                }
            }
            else if (RouteMatcher.IsBelow(path, rewrite.Prefix))
            {
                return Rooted(rewrite.Replacement.TrimEnd('/') + path[rewrite.Prefix.Length..]);
            }
        }

        return path;
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;
}
