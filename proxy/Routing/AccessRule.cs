using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Routing;

/// <summary>What of its upstream a route lets its callers reach.</summary>
internal sealed class AccessRule(RouteConfig route)
{
    /// <summary>Null when the path may be asked for; else why not.</summary>
    /// <param name="path">As it came, dots resolved.</param>
    public string? CheckPath(string path)
    {
        if (route.IsConfined && HasHiddenDots(path))
        {
            return "the path holds escaped dots, which lead elsewhere; send it without the escapes";
        }

        if (route.AllowPaths.Count == 0)
        {
            return null;
        }

        foreach (string pattern in route.AllowPaths)
        {
            if (PathPattern.Matches(path, pattern))
            {
                return null;
            }
        }

        return $"route {route.Name} does not allow this path (allow_paths: {string.Join(", ", route.AllowPaths)})";
    }

    /// <summary>Null when the route's access is enough for a request; else what it lacks.</summary>
    /// <param name="method">Of the request.</param>
    /// <param name="path">As it will be forwarded.</param>
    public string? CheckAccess(string method, string path) => route.Access switch
    {
        RouteAccess.ReadOnly when !ApiPaths.IsRead(method, path) =>
            $"route {route.Name} is read-only: GET, HEAD, and POST to the query APIs (access: read_only)",
        RouteAccess.WriteOnly when !ApiPaths.IsSampleWrite(method, path) =>
            $"route {route.Name} is write-only: POST to the write APIs (access: write_only)",
        _ => null,
    };

    /// <summary>True when a segment is <c>.</c> or <c>..</c> once its escapes are undone, which a server may do.</summary>
    private static bool HasHiddenDots(ReadOnlySpan<char> path)
    {
        if (!path.Contains("%2e", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (Range range in path.Split('/'))
        {
            ReadOnlySpan<char> segment = path[range];
            if (segment.Length <= 6 && Uri.UnescapeDataString(segment.ToString()) is "." or "..")
            {
                return true;
            }
        }

        return false;
    }
}
