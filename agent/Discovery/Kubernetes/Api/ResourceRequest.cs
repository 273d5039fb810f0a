using System.Globalization;
using System.Text;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Which objects are wanted. Equal requests share one watch.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Namespace">Empty for all of them.</param>
/// <param name="LabelSelector">In Kubernetes's syntax, or empty.</param>
/// <param name="FieldSelector">In Kubernetes's syntax, or empty.</param>
internal sealed record ResourceRequest(
    ResourceKind Kind, string Namespace = "", string LabelSelector = "", string FieldSelector = "")
{
    private const int PageSize = 500;

    /// <summary>
    /// A page of a list. <paramref name="version"/> 0 takes what the server has at hand, which costs it least; null
    /// asks for the newest state.
    /// </summary>
    public string ListPath(string? version, string? next)
    {
        StringBuilder query = new();
        Add(query, "continue", next);
        AddSelectors(query);
        Add(query, "limit", PageSize.ToString(CultureInfo.InvariantCulture));

        // A page that goes on has its version in the token; the server refuses both.
        Add(query, "resourceVersion", next is null ? version : null);
        return Path() + query;
    }

    /// <summary>The changes after a version.</summary>
    public string WatchPath(string version, int timeoutSeconds)
    {
        StringBuilder query = new();
        Add(query, "allowWatchBookmarks", "true");
        AddSelectors(query);
        Add(query, "resourceVersion", version);
        Add(query, "timeoutSeconds", timeoutSeconds.ToString(CultureInfo.InvariantCulture));
        Add(query, "watch", "true");
        return Path() + query;
    }

    public override string ToString()
    {
        StringBuilder text = new(Kind.Plural);
        text.Append(Namespace.Length > 0 ? $" in namespace {Namespace}" : "");
        text.Append(LabelSelector.Length > 0 ? $" with labels {LabelSelector}" : "");
        text.Append(FieldSelector.Length > 0 ? $" with fields {FieldSelector}" : "");
        return text.ToString();
    }

    private string Path() =>
        Kind.IsNamespaced && Namespace.Length > 0
            ? $"{Kind.Group}/namespaces/{Uri.EscapeDataString(Namespace)}/{Kind.Plural}"
            : $"{Kind.Group}/{Kind.Plural}";

    private void AddSelectors(StringBuilder query)
    {
        Add(query, "fieldSelector", FieldSelector);
        Add(query, "labelSelector", LabelSelector);
    }

    private static void Add(StringBuilder query, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
