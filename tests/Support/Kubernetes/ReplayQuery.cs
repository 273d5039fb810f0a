using System.Globalization;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>A request for objects, taken apart.</summary>
internal sealed record ReplayQuery
{
    public required string Resource { get; init; }

    public string Namespace { get; init; } = "";

    public string LabelSelector { get; init; } = "";

    public string FieldSelector { get; init; } = "";

    public string Version { get; init; } = "";

    public string Continue { get; init; } = "";

    public int Limit { get; init; }

    public int TimeoutSeconds { get; init; }

    public bool IsWatch { get; init; }

    public bool WantsBookmarks { get; init; }

    /// <summary>Null when the target is no path of a known resource.</summary>
    public static ReplayQuery? Parse(string target)
    {
        string[] parts = target.Split('?', 2);
        Dictionary<string, string> query = ReadQuery(parts.Length > 1 ? parts[1] : "");
        (string resource, string ofNamespace) = SplitNamespace(parts[0]);
        return !ReplayCluster.IsResource(resource) ? null : new ReplayQuery
        {
            Resource = resource,
            Namespace = ofNamespace,
            LabelSelector = query.GetValueOrDefault("labelSelector", ""),
            FieldSelector = query.GetValueOrDefault("fieldSelector", ""),
            Version = query.GetValueOrDefault("resourceVersion", ""),
            Continue = query.GetValueOrDefault("continue", ""),
            Limit = Number(query, "limit"),
            TimeoutSeconds = Number(query, "timeoutSeconds"),
            IsWatch = query.GetValueOrDefault("watch") == "true",
            WantsBookmarks = query.GetValueOrDefault("allowWatchBookmarks") == "true",
        };
    }

    private static int Number(Dictionary<string, string> query, string name) =>
        query.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static (string Resource, string Namespace) SplitNamespace(string path)
    {
        const string Marker = "/namespaces/";
        int at = path.IndexOf(Marker, StringComparison.Ordinal);
        if (at < 0)
        {
            return (path, "");
        }

        string rest = path[(at + Marker.Length)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, "") : (path[..at] + rest[slash..], rest[..slash]);
    }

    private static Dictionary<string, string> ReadQuery(string text)
    {
        Dictionary<string, string> query = new(StringComparer.Ordinal);
        foreach (string pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = pair.Split('=', 2);
            query[sides[0]] = Uri.UnescapeDataString(sides[1].Replace('+', ' '));
        }

        return query;
    }
}
