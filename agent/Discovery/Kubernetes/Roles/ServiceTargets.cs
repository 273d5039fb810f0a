using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Role service: a target for each port of each service, at the service's name.</summary>
internal static class ServiceTargets
{
    private const string Prefix = MetaLabels.Prefix + "service_";

    public static TargetGroup Build(Service service, RelatedObjects related, LabelsBuilder labels)
    {
        List<Labels> targets = [];
        foreach (ContainerPort port in service.Ports)
        {
            labels.Reset();
            labels.Set("__address__", HostPort.Join($"{service.Key.Name}.{service.Key.Namespace}.svc", port.Number));
            labels.Set(Prefix + "port_name", port.Name);
            labels.Set(Prefix + "port_number", port.Number.ToString(CultureInfo.InvariantCulture));
            labels.Set(Prefix + "port_protocol", port.Protocol);
            labels.Set(Prefix + "type", service.Type);
            AddAddresses(labels, service);
            targets.Add(labels.Build());
        }

        return new TargetGroup(RoleTargets.SourceOf(ResourceKind.Services, service.Key), targets, related.WithNamespace(service.Meta, service.Key, labels));
    }

    private static void AddAddresses(LabelsBuilder labels, Service service)
    {
        if (service.Type == Service.ExternalNameType)
        {
            labels.Set(Prefix + "external_name", service.ExternalName);
        }
        else
        {
            labels.Set(Prefix + "cluster_ip", service.ClusterIP);
        }

        if (service.Type == Service.LoadBalancerType)
        {
            labels.Set(Prefix + "loadbalancer_ip", service.LoadBalancerIP);
        }
    }
}
