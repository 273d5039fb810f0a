using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AmpEdge.Proxy.Routing;

/// <summary>Decides whether a request is one of a route.</summary>
internal sealed class RouteMatcher(MatchConfig match)
{
    private const string Below = "*.";

    /// <param name="listener">The name of the listener that it came in by.</param>
    /// <param name="request">Method, host and headers.</param>
    /// <param name="path">With dots resolved.</param>
    public bool Takes(string listener, HttpRequest request, string path) =>
        (match.Listeners.Count == 0 || Contains(match.Listeners, listener))
        && (match.PathPrefix.Length == 0 || IsBelow(path, match.PathPrefix))
        && (match.Methods.Count == 0 || Contains(match.Methods, request.Method))
        && (match.Hosts.Count == 0 || TakesHost(request.Host.Host))
        && TakesHeaders(request.Headers);

    /// <summary>True for the prefix itself and what lies behind a slash after it.</summary>
    public static bool IsBelow(ReadOnlySpan<char> path, ReadOnlySpan<char> prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/');

    private bool TakesHost(string host)
    {
        foreach (string pattern in match.Hosts)
        {
            bool takes = pattern.StartsWith(Below, StringComparison.Ordinal)
                ? host.Length > pattern.Length - 1 && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
                : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
            if (takes)
            {
                return true;
            }
        }

        return false;
    }

    private bool TakesHeaders(IHeaderDictionary headers)
    {
        foreach ((string name, string value) in match.Headers)
        {
            if (!headers.TryGetValue(name, out StringValues given) || (value.Length > 0 && !HasValue(given, value)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasValue(StringValues given, string value)
    {
        foreach (string? text in given)
        {
            if (text == value)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Contains(IReadOnlyList<string> names, string name)
    {
        foreach (string known in names)
        {
            if (known == name)
            {
                return true;
            }
        }

        return false;
    }
}
