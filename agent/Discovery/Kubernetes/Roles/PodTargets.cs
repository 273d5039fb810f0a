using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Role pod: a target for each port of each container, or one without a port for a container that has none.</summary>
internal static class PodTargets
{
    private const string Prefix = MetaLabels.Prefix + "pod_container_";

    public static TargetGroup Build(Pod pod, RelatedObjects related, LabelsBuilder labels)
    {
        string source = RoleTargets.SourceOf(ResourceKind.Pods, pod.Key);
        if (pod.IP.Length == 0)
        {
            return new TargetGroup(source, [], Labels.Empty);
        }

        List<Labels> targets = [];
        foreach (Container container in pod.Containers)
        {
            if (container.Ports.Length == 0)
            {
                AddContainer(labels, container);
                labels.Set("__address__", pod.IP);
                labels.Set(Prefix + "id", container.Id);
                targets.Add(labels.Build());
            }

            foreach (ContainerPort port in container.Ports)
            {
                AddContainer(labels, container);
                AddPort(labels, port, port.Protocol);
                labels.Set("__address__", HostPort.Join(pod.IP, port.Number));
                labels.Set(Prefix + "id", container.Id);
                targets.Add(labels.Build());
            }
        }

        return new TargetGroup(source, targets, GroupLabels(pod, related, labels));
    }

    /// <summary>Begins a target anew with what tells of its container.</summary>
    public static void AddContainer(LabelsBuilder labels, Container container)
    {
        labels.Reset();
        SetContainer(labels, container);
    }

    /// <summary>What tells of a container, without its id.</summary>
    public static void SetContainer(LabelsBuilder labels, Container container)
    {
        labels.Set(Prefix + "name", container.Name);
        labels.Set(Prefix + "image", container.Image);
        labels.Set(Prefix + "init", container.IsInit ? "true" : "false");
    }

    /// <summary>What tells of a container's port; the protocol may be that of the service in front of it.</summary>
    public static void AddPort(LabelsBuilder labels, ContainerPort port, string protocol)
    {
        labels.Set(Prefix + "port_name", port.Name);
        labels.Set(Prefix + "port_number", port.Number.ToString(CultureInfo.InvariantCulture));
        labels.Set(Prefix + "port_protocol", protocol);
    }

    private static Labels GroupLabels(Pod pod, RelatedObjects related, LabelsBuilder labels)
    {
        if (!related.AttachesAnything)
        {
            return pod.Meta;
        }

        labels.Reset(pod.Meta);
        related.AttachControllers(labels, pod);
        related.AttachNode(labels, pod.NodeName);
        related.AttachNamespace(labels, pod.Key.Namespace);
        return labels.Build();
    }
}
