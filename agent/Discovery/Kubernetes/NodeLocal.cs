namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>In a DaemonSet each agent looks after its own node.</summary>
internal static class NodeLocal
{
    private const string NodeField = "spec.nodeName";

    /// <summary>Selects the pods of a node.</summary>
    public static string PodsOf(string node) => $"{NodeField}={node}";

    /// <summary>Selects a node by its name.</summary>
    public static string NodeNamed(string node) => $"metadata.name={node}";

    /// <summary>
    /// A field selector of pods, limited to a node; as it was when it says something of nodes already or when
    /// <paramref name="node"/> is empty.
    /// </summary>
    public static string Limit(string fieldSelector, string node)
    {
        if (node.Length == 0 || fieldSelector.Contains(NodeField, StringComparison.Ordinal))
        {
            return fieldSelector;
        }

        return fieldSelector.Length == 0 ? PodsOf(node) : $"{fieldSelector},{PodsOf(node)}";
    }
}
