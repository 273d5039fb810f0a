using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Keeps what is used of a service.</summary>
internal static class ServiceReader
{
    public static Service Read(ServiceJson json, ObjectMetaJson meta, LabelsBuilder labels)
    {
        labels.Reset();
        MetaLabels.AddObject(labels, "service", meta);
        ServiceJson.ServiceSpec spec = json.Spec ?? new();
        List<ContainerPort> ports = [];
        foreach (ServiceJson.ServicePort? port in spec.Ports ?? [])
        {
            if (port is not null)
            {
                ports.Add(new ContainerPort(port.Name ?? "", port.Port ?? 0, port.Protocol ?? ""));
            }
        }

        return new Service(ObjectReader.KeyOf(meta), labels.Build())
        {
            Type = spec.Type ?? "",
            ClusterIP = spec.ClusterIP ?? "",
            ExternalName = spec.ExternalName ?? "",
            LoadBalancerIP = spec.LoadBalancerIP ?? "",
            Ports = [.. ports],
        };
    }
}
