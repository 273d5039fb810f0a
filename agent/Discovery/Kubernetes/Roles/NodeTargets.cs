using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Role node: the kubelet of each node, at the first address of the best type that the node has.</summary>
internal static class NodeTargets
{
    private static readonly string[] s_addressTypes =
        ["InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname"];

    /// <summary>The group; without targets when the node has no address that could be used.</summary>
    public static TargetGroup Build(Node node, LabelsBuilder labels)
    {
        string source = RoleTargets.SourceOf(ResourceKind.Nodes, node.Key);
        if (FindAddress(node) is not { } address)
        {
            return new TargetGroup(source, [], Labels.Empty);
        }

        labels.Reset();
        labels.Set("__address__", HostPort.Join(address, node.KubeletPort));
        labels.Set(LabelNames.Instance, node.Key.Name);
        foreach ((string type, string value) in node.Addresses)
        {
            labels.Set($"{MetaLabels.Prefix}node_address_{LabelNames.Sanitize(type)}", value);
        }

        Labels target = labels.Build();
        labels.Reset(node.Meta);
        labels.Set(MetaLabels.Prefix + "node_provider_id", node.ProviderId);
        return new TargetGroup(source, [target], labels.Build());
    }

    /// <summary>Null when the node has no address of a known type.</summary>
    public static string? FindAddress(Node node)
    {
        foreach (string wanted in s_addressTypes)
        {
            foreach ((string type, string value) in node.Addresses)
            {
                if (type == wanted)
                {
                    return value;
                }
            }
        }

        return null;
    }
}
