using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Keeps what is used of a pod.</summary>
internal static class PodReader
{
    private const string Prefix = MetaLabels.Prefix + "pod_";

    public static Pod Read(PodJson json, ObjectMetaJson meta, LabelsBuilder labels)
    {
        PodJson.PodStatus status = json.Status ?? new();
        string ip = status.PodIP ?? "";
        string nodeName = json.Spec?.NodeName ?? "";
        ObjectOwner? controller = OwnerReader.ControllerOf(meta);
        labels.Reset();
        MetaLabels.AddObject(labels, "pod", meta);
        labels.Set(Prefix + "ip", ip);
        labels.Set(Prefix + "ready", Ready(status));
        labels.Set(Prefix + "phase", status.Phase ?? "");
        labels.Set(Prefix + "node_name", nodeName);
        labels.Set(Prefix + "host_ip", status.HostIP ?? "");
        labels.Set(Prefix + "uid", meta.Uid ?? "");
        labels.Set(Prefix + "controller_kind", controller?.Kind ?? "");
        labels.Set(Prefix + "controller_name", controller?.Name ?? "");
        return new Pod(ObjectReader.KeyOf(meta), labels.Build())
        {
            IP = ip,
            NodeName = nodeName,
            Controller = controller,
            Containers = Containers(json.Spec, status),
        };
    }

    private static string Ready(PodJson.PodStatus status)
    {
        foreach (PodJson.Condition? condition in status.Conditions ?? [])
        {
            if (condition is { Type: "Ready" })
            {
                return (condition.Status ?? "").ToLowerInvariant();
            }
        }

        return "unknown";
    }

    private static Container[] Containers(PodJson.PodSpec? spec, PodJson.PodStatus status)
    {
        List<Container> containers = [];
        Add(containers, spec?.Containers, status.ContainerStatuses, isInit: false);
        Add(containers, spec?.InitContainers, status.InitContainerStatuses, isInit: true);
        return [.. containers];
    }

    private static void Add(
        List<Container> target, List<PodJson.PodContainer?>? containers, List<PodJson.ContainerStatus?>? statuses, bool isInit)
    {
        foreach (PodJson.PodContainer? container in containers ?? [])
        {
            if (container is not null)
            {
                string name = container.Name ?? "";
                target.Add(new Container(name, container.Image ?? "", IdOf(statuses, name), isInit, Ports(container)));
            }
        }
    }

    private static string IdOf(List<PodJson.ContainerStatus?>? statuses, string name)
    {
        foreach (PodJson.ContainerStatus? status in statuses ?? [])
        {
            if (status?.Name == name)
            {
                return status.ContainerID ?? "";
            }
        }

        return "";
    }

    private static ContainerPort[] Ports(PodJson.PodContainer container)
    {
        List<ContainerPort> ports = [];
        foreach (PodJson.PodPort? port in container.Ports ?? [])
        {
            if (port is not null)
            {
                ports.Add(new ContainerPort(port.Name ?? "", port.ContainerPort ?? 0, port.Protocol ?? ""));
            }
        }

        return [.. ports];
    }
}
