using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Role endpoints: a target for each address and port of a service, and for the other ports of the pods behind them.
/// </summary>
internal static class EndpointsTargets
{
    private const string Prefix = MetaLabels.Prefix + "endpoint_";

    public static TargetGroup Build(Endpoints endpoints, RelatedObjects related, LabelsBuilder labels)
    {
        List<Labels> targets = [];
        BackingPods pods = new(related);
        foreach (EndpointSubset subset in endpoints.Subsets)
        {
            foreach (ContainerPort port in subset.Ports)
            {
                AddTargets(targets, subset.Ready, port, "true", related, pods, labels);
                AddTargets(targets, subset.NotReady, port, "false", related, pods, labels);
            }
        }

        pods.AddUncovered(targets, labels);
        labels.Reset(endpoints.Meta);
        if (related.FindService(endpoints.Key) is { } service)
        {
            MetaLabels.AddAllButNamespace(labels, service.Meta);
        }

        related.AttachNamespace(labels, endpoints.Key.Namespace);
        return new TargetGroup(RoleTargets.SourceOf(ResourceKind.Endpoints, endpoints.Key), targets, labels.Build());
    }

    private static void AddTargets(
        List<Labels> targets,
        EndpointAddress[] addresses,
        ContainerPort port,
        string ready,
        RelatedObjects related,
        BackingPods pods,
        LabelsBuilder labels)
    {
        foreach (EndpointAddress address in addresses)
        {
            labels.Reset();
            labels.Set("__address__", HostPort.Join(address.IP, port.Number));
            labels.Set(Prefix + "port_name", port.Name);
            labels.Set(Prefix + "port_protocol", port.Protocol);
            labels.Set(Prefix + "ready", ready);
            labels.Set(Prefix + "address_target_kind", address.Target?.Kind ?? "");
            labels.Set(Prefix + "address_target_name", address.Target?.Key.Name ?? "");
            labels.Set(Prefix + "node_name", address.NodeName ?? "");
            labels.Set(Prefix + "hostname", address.Hostname);
            related.AttachNode(labels, address.Target is { Kind: "Node" } node ? node.Key.Name : address.NodeName);
            if (related.FindPod(address.Target) is { } pod)
            {
                pods.AddTo(labels, pod, port.Number, port.Protocol);
            }

            targets.Add(labels.Build());
        }
    }
}
