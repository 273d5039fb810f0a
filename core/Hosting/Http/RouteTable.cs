namespace AmpEdge.Hosting;

/// <summary>
/// Which handler answers which method and path. Patterns are literal segments, <c>{name}</c> for one segment and
/// <c>{*name}</c> for the rest of the path, or <c>{*}</c> for one that nobody asks for; a literal segment wins over a value, a value
/// over the rest.
/// </summary>
/// <remarks>
/// Matching is on the path as sent, segment by segment, each decoded by itself: <c>%2F</c> does not split and
/// <c>..</c> does not climb. A value that is no UTF-8 is handed on as <see cref="PercentEncoding.TryDecodeBytes"/>
/// writes it: what to say of it is for the handler. Filled before the listener starts, read-only afterwards.
/// </remarks>
/// <param name="prefix">Stands before every pattern; such as <c>/agent</c>, empty for none.</param>
public sealed class RouteTable(string prefix = "")
{
    private readonly RouteNode _root = new();
    private readonly List<Route> _routes = [];

    /// <summary>Every route in the order of its mapping, for a page that lists them.</summary>
    public IReadOnlyList<Route> Routes => _routes;

    /// <summary>Answers what no pattern matches, in place of the plain 404; for API-shaped errors.</summary>
    public HttpHandler? NotFound { get; set; }

    /// <summary>Maps methods (<c>"GET"</c>, <c>"GET,POST"</c>; GET answers HEAD too; <c>"*"</c> is every method).</summary>
    public RouteTable Map(string methods, string pattern, HttpHandler handler)
    {
        string[] names = methods.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || !pattern.StartsWith('/'))
        {
            throw new ArgumentException($"route '{methods} {pattern}' needs a method and a path that begins with /");
        }

        Route route = new(names, pattern, handler);
        RouteNode node = _root;
        foreach (string segment in (prefix + pattern)[1..].Split('/'))
        {
            node = node.Extend(segment, pattern);
        }

        foreach (string name in names)
        {
            if (!node.Handlers.TryAdd(name, route))
            {
                throw new ArgumentException($"route '{name} {pattern}' is mapped twice");
            }
        }

        _routes.Add(route);
        return this;
    }

    /// <summary>Finds the route for a request.</summary>
    internal RouteMatch Match(string method, string rawPath)
    {
        if (rawPath.Length == 0 || rawPath[0] != '/')
        {
            return RouteMatch.None;
        }

        if (_root is { HasRestOnly: true, RestName: "", Rest: { } all })
        {
            return all.Choose(method, []);
        }

        List<KeyValuePair<string, string>> values = [];
        return Find(_root, rawPath.AsSpan(1), values) is { } node ? node.Choose(method, values) : RouteMatch.None;
    }

    private static RouteNode? Find(
        RouteNode node, ReadOnlySpan<char> rest, List<KeyValuePair<string, string>> values)
    {
        int slash = rest.IndexOf('/');
        ReadOnlySpan<char> raw = slash < 0 ? rest : rest[..slash];
        int valuesBefore = values.Count;
        if (PercentEncoding.TryDecodeBytes(raw, out string segment))
        {
            if (node.Literals.TryGetValue(segment, out RouteNode? literal)
                && Descend(literal, rest, slash, values) is { } found)
            {
                return found;
            }

            if (segment.Length > 0 && node.Value is { } value)
            {
                values.Add(new(node.ValueName, segment));
                if (Descend(value, rest, slash, values) is { } below)
                {
                    return below;
                }

                values.RemoveRange(valuesBefore, values.Count - valuesBefore);
            }
        }

        if (node.Rest is { } all)
        {
            // The rest is handed on as sent: it may hold slashes that are data and slashes that divide.
            if (node.RestName.Length > 0)
            {
                values.Add(new(node.RestName, rest.ToString()));
            }

            return all;
        }

        return null;
    }

    private static RouteNode? Descend(
        RouteNode node, ReadOnlySpan<char> rest, int slash, List<KeyValuePair<string, string>> values)
    {
        if (slash >= 0)
        {
            return Find(node, rest[(slash + 1)..], values);
        }

        return node.Handlers.Count > 0 ? node : null;
    }
}
