using System.Globalization;
using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Makes the targets of one container: at the port that its docker labels name, else at every TCP port that it has,
/// with our labels of containers and ports.
/// </summary>
internal static class EcsContainerTargets
{
    private const string DockerLabelOrigin = "docker_label";

    /// <param name="labels">Holds the labels of the task; is left with more.</param>
    /// <param name="config">Which docker labels mean what.</param>
    /// <param name="address">Where the container's ports are reached.</param>
    /// <param name="container">Its name, image and docker labels.</param>
    /// <param name="ports">The TCP ports that it has.</param>
    /// <param name="isMapped">True when ports are reached under other numbers, so that one which is not bound is not reached.</param>
    /// <param name="targets">Takes the targets.</param>
    public static void Add(
        LabelsBuilder labels,
        EcsDiscoveryConfig config,
        string address,
        EcsContainerDefinition container,
        List<EcsPort> ports,
        bool isMapped,
        List<Labels> targets)
    {
        labels.Set(EcsLabels.Prefix + "container_name", container.Name ?? "");
        labels.Set(EcsLabels.Prefix + "container_image", container.Image ?? "");
        foreach ((string name, string? value) in container.DockerLabels ?? [])
        {
            labels.Set($"{EcsLabels.Prefix}container_label_{LabelNames.Sanitize(name)}", value ?? "");
        }

        labels.Set("__metrics_path__", FirstOf(container, config.PathLabels));
        labels.Set("job", FirstOf(container, config.JobLabels));
        foreach (EcsPort port in Choose(config, container, ports, isMapped))
        {
            labels.Set("__address__", HostPort.Join(address, port.AddressPort));
            labels.Set(EcsLabels.Prefix + "container_port", port.ContainerPort.ToString(CultureInfo.InvariantCulture));
            labels.Set(EcsLabels.Prefix + "container_port_name", port.Name);
            labels.Set(EcsLabels.Prefix + "container_port_origin", port.Origin);
            targets.Add(labels.Build());
        }
    }

    private static List<EcsPort> Choose(
        EcsDiscoveryConfig config, EcsContainerDefinition container, List<EcsPort> ports, bool isMapped)
    {
        string named = FirstOf(container, config.PortLabels);
        if (!ushort.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) || number == 0)
        {
            return ports;
        }

        int known = ports.FindIndex(port => port.ContainerPort == number);
        return known >= 0 ? [ports[known] with { Origin = DockerLabelOrigin }]
            : isMapped ? []
            : [new EcsPort(number, number, "", DockerLabelOrigin)];
    }

    private static string FirstOf(EcsContainerDefinition container, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (container.DockerLabels?.GetValueOrDefault(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return "";
    }
}
