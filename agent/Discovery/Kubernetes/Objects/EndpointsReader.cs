using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Keeps what is used of endpoints.</summary>
internal static class EndpointsReader
{
    private const string OverCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

    public static Endpoints Read(EndpointsJson json, ObjectMetaJson meta, LabelsBuilder labels)
    {
        labels.Reset();
        MetaLabels.AddObject(labels, "endpoints", meta);
        List<EndpointSubset> subsets = [];
        foreach (EndpointsJson.Subset? subset in json.Subsets ?? [])
        {
            if (subset is not null)
            {
                subsets.Add(new EndpointSubset(
                    Addresses(subset.Addresses), Addresses(subset.NotReadyAddresses), Ports(subset.Ports)));
            }
        }

        return new Endpoints(ObjectReader.KeyOf(meta), labels.Build())
        {
            Subsets = [.. subsets],
            OverCapacity = meta.Annotations?.GetValueOrDefault(OverCapacityAnnotation) ?? "",
        };
    }

    public static TargetReference? Target(TargetReferenceJson? target) =>
        target is null
            ? null
            : new TargetReference(target.Kind ?? "", new ObjectKey(target.Namespace ?? "", target.Name ?? ""));

    private static EndpointAddress[] Addresses(List<EndpointsJson.Address?>? given)
    {
        List<EndpointAddress> addresses = [];
        foreach (EndpointsJson.Address? address in given ?? [])
        {
            if (address is not null)
            {
                addresses.Add(new EndpointAddress(
                    address.Ip ?? "", address.Hostname ?? "", address.NodeName, Target(address.TargetRef)));
            }
        }

        return [.. addresses];
    }

    private static ContainerPort[] Ports(List<EndpointsJson.EndpointPort?>? given)
    {
        List<ContainerPort> ports = [];
        foreach (EndpointsJson.EndpointPort? port in given ?? [])
        {
            if (port is not null)
            {
                ports.Add(new ContainerPort(port.Name ?? "", port.Port ?? 0, port.Protocol ?? ""));
            }
        }

        return [.. ports];
    }
}
