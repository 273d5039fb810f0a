using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Role endpointslice: a target for each address and port of a slice, and for the other ports of the pods behind them.
/// </summary>
internal static class EndpointSliceTargets
{
    private const string Prefix = MetaLabels.Prefix + "endpointslice_";

    public static TargetGroup Build(EndpointSlice slice, RelatedObjects related, LabelsBuilder labels)
    {
        List<Labels> targets = [];
        BackingPods pods = new(related);
        foreach (SliceEndpoint endpoint in slice.Items)
        {
            foreach (SlicePort port in slice.Ports)
            {
                foreach (string address in endpoint.Addresses)
                {
                    targets.Add(BuildTarget(endpoint, port, address, related, pods, labels));
                }
            }
        }

        pods.AddUncovered(targets, labels);
        labels.Reset(slice.Meta);
        if (slice.ServiceName is { } name
            && related.FindService(slice.Key with { Name = name }) is { } service)
        {
            MetaLabels.AddAllButNamespace(labels, service.Meta);
        }

        related.AttachNamespace(labels, slice.Key.Namespace);
        return new TargetGroup(RoleTargets.SourceOf(ResourceKind.EndpointSlices, slice.Key), targets, labels.Build());
    }

    private static Labels BuildTarget(
        SliceEndpoint endpoint,
        SlicePort port,
        string address,
        RelatedObjects related,
        BackingPods pods,
        LabelsBuilder labels)
    {
        labels.Reset();
        labels.Set("__address__", port.Number is { } number ? HostPort.Join(address, number) : address);
        labels.Set(Prefix + "port_name", port.Name ?? "");
        labels.Set(Prefix + "port_protocol", port.Protocol ?? "");
        labels.Set(Prefix + "port", port.Number?.ToString(CultureInfo.InvariantCulture) ?? "");
        labels.Set(Prefix + "port_app_protocol", port.AppProtocol ?? "");
        labels.Set(Prefix + "endpoint_conditions_ready", Text(endpoint.Ready));
        labels.Set(Prefix + "endpoint_conditions_serving", Text(endpoint.Serving));
        labels.Set(Prefix + "endpoint_conditions_terminating", Text(endpoint.Terminating));
        labels.Set(Prefix + "endpoint_hostname", endpoint.Hostname ?? "");
        labels.Set(Prefix + "endpoint_node_name", endpoint.NodeName ?? "");
        labels.Set(Prefix + "endpoint_zone", endpoint.Zone ?? "");
        labels.Set(Prefix + "address_target_kind", endpoint.Target?.Kind ?? "");
        labels.Set(Prefix + "address_target_name", endpoint.Target?.Key.Name ?? "");
        related.AttachNode(labels, endpoint.Target is { Kind: "Node" } node ? node.Key.Name : endpoint.NodeName);
        if (related.FindPod(endpoint.Target) is { } pod)
        {
            pods.AddTo(labels, pod, port.Number, protocol: null);
        }

        return labels.Build();
    }

    private static string Text(bool? condition) => condition switch
    {
        true => "true",
        false => "false",
        null => "",
    };
}
