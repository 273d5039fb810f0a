namespace AmpEdge.Hosting;

/// <summary>One place in the tree of routes: the segments that may follow, and the handlers that end here.</summary>
internal sealed class RouteNode
{
    public Dictionary<string, RouteNode> Literals { get; } = new(StringComparer.Ordinal);

    /// <summary>The node behind <c>{name}</c>, if there is one.</summary>
    public RouteNode? Value { get; private set; }

    public string ValueName { get; private set; } = "";

    /// <summary>The node of <c>{*name}</c> or <c>{*}</c>, if there is one.</summary>
    public RouteNode? Rest { get; private set; }

    /// <summary>Empty when nobody asks for the rest.</summary>
    public string RestName { get; private set; } = "";

    /// <summary>True when every segment leads to <see cref="Rest"/>, whatever it says.</summary>
    public bool HasRestOnly => Rest is not null && Value is null && Literals.Count == 0;

    /// <summary>By method; <c>*</c> stands for every method that is not named.</summary>
    public Dictionary<string, Route> Handlers { get; } = new(StringComparer.Ordinal);

    /// <summary>The node for one more segment of a pattern, made when it is new.</summary>
    public RouteNode Extend(string segment, string pattern)
    {
        if (segment is not ['{', .. { Length: > 0 } name, '}'])
        {
            return Literals.TryGetValue(segment, out RouteNode? known) ? known : Literals[segment] = new RouteNode();
        }

        if (name.StartsWith('*'))
        {
            RestName = NameOnce(RestName, name[1..], pattern);
            return Rest ??= new RouteNode();
        }

        ValueName = NameOnce(ValueName, name, pattern);
        return Value ??= new RouteNode();
    }

    /// <summary>The handler for a method; a GET handler answers HEAD as well.</summary>
    public RouteMatch Choose(string method, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        if (Handlers.TryGetValue(method, out Route? route)
            || (method == "HEAD" && Handlers.TryGetValue("GET", out route))
            || Handlers.TryGetValue("*", out route))
        {
            return new RouteMatch(route, values, "");
        }

        string[] allowed = [.. Handlers.Keys];
        Array.Sort(allowed, StringComparer.Ordinal);
        return new RouteMatch(null, values, string.Join(", ", allowed));
    }

    private static string NameOnce(string known, string name, string pattern) =>
        known.Length == 0 || known == name
            ? name
            : throw new ArgumentException($"route {pattern} names a value {name} that another route names {known}");
}
