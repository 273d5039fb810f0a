using System.Text.Json;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>A recorded change of an object.</summary>
/// <param name="Version">The cluster's counter at the change.</param>
/// <param name="Resource">The path of the object's kind, such as <c>/api/v1/pods</c>.</param>
/// <param name="Type"><c>ADDED</c>, <c>MODIFIED</c> or <c>DELETED</c>, without any selector.</param>
/// <param name="Item">The object after the change; at a deletion, as it was last.</param>
/// <param name="Before">The object before the change; null when there was none.</param>
internal sealed record ReplayEvent(long Version, string Resource, string Type, JsonElement Item, JsonElement? Before)
{
    public string Namespace => ReplaySelector.Get(Item, "metadata", "namespace") is { ValueKind: JsonValueKind.String } text
        ? text.GetString() ?? ""
        : "";
}
