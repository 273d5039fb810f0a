using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Keeps what is used of a node.</summary>
internal static class NodeReader
{
    public static Node Read(NodeJson json, ObjectMetaJson meta, LabelsBuilder labels)
    {
        labels.Reset();
        MetaLabels.AddObject(labels, "node", meta);
        return new Node(ObjectReader.KeyOf(meta), labels.Build())
        {
            ProviderId = json.Spec?.ProviderID ?? "",
            Addresses = Addresses(json),
            KubeletPort = json.Status?.DaemonEndpoints?.KubeletEndpoint?.Port ?? 0,
        };
    }

    private static KeyValuePair<string, string>[] Addresses(NodeJson json)
    {
        List<KeyValuePair<string, string>> addresses = [];
        foreach (NodeJson.NodeAddress? address in json.Status?.Addresses ?? [])
        {
            string type = address?.Type ?? "";
            if (address is not null && !addresses.Exists(known => known.Key == type))
            {
                addresses.Add(new(type, address.Address ?? ""));
            }
        }

        return [.. addresses];
    }
}
