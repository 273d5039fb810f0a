using System.Globalization;
using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>Makes the targets of tasks, with the labels of Prometheus's ECS discovery and ours of containers and ports.</summary>
internal sealed class EcsLabels(EcsDiscoveryConfig config, string region)
{
    public const string Prefix = "__meta_ecs_";

    private readonly LabelsBuilder _labels = new();

    /// <summary>Adds the targets of a task; none when it cannot be reached.</summary>
    public void Add(EcsTaskView view, List<Labels> targets)
    {
        string address = view.Address;
        if (address.Length == 0 || view.NetworkMode == "none")
        {
            return;
        }

        SetTask(view, address);
        if (config.Port > 0)
        {
            _labels.Set("__address__", HostPort.Join(address, config.Port));
            targets.Add(_labels.Build());
            return;
        }

        bool isMapped = view.NetworkMode is not ("awsvpc" or "host");
        foreach (EcsContainerDefinition? container in view.Definition.ContainerDefinitions ?? [])
        {
            if (container is not null)
            {
                List<EcsPort> ports = isMapped ? BoundPorts(view.Task, container) : DeclaredPorts(container);
                SetTask(view, address);
                EcsContainerTargets.Add(_labels, config, address, container, ports, isMapped, targets);
            }
        }
    }

    /// <summary>Bridge mode: what the machine binds. The same port is bound once for each kind of address.</summary>
    private static List<EcsPort> BoundPorts(EcsTask task, EcsContainerDefinition container)
    {
        List<EcsPort> ports = [];
        EcsContainer? running = task.Containers?.Find(found => found?.Name == container.Name);
        foreach (EcsNetworkBinding? binding in running?.NetworkBindings ?? [])
        {
            if (binding is { ContainerPort: { } inside and > 0, HostPort: { } outside and > 0, Protocol: null or "tcp" })
            {
                string name = container.PortMappings?.Find(mapping => mapping?.ContainerPort == inside)?.Name ?? "";
                AddIfNew(ports, new EcsPort(inside, outside, name, "network_binding"));
            }
        }

        return ports;
    }

    /// <summary>The other modes: a container's port is the port of its address.</summary>
    private static List<EcsPort> DeclaredPorts(EcsContainerDefinition container)
    {
        List<EcsPort> ports = [];
        foreach (EcsPortMapping? mapping in container.PortMappings ?? [])
        {
            if (mapping is { ContainerPort: { } port and > 0, Protocol: null or "tcp" })
            {
                AddIfNew(ports, new EcsPort(port, port, mapping.Name ?? "", "port_mapping"));
            }
        }

        return ports;
    }

    private static void AddIfNew(List<EcsPort> ports, EcsPort port)
    {
        if (!ports.Contains(port))
        {
            ports.Add(port);
        }
    }

    private void SetTask(EcsTaskView view, string address)
    {
        EcsTask task = view.Task;
        _labels.Reset();
        Set("region", region);
        Set("cluster", view.Cluster?.ClusterName);
        Set("cluster_arn", view.Cluster?.ClusterArn ?? task.ClusterArn);
        Set("service", view.Service?.ServiceName);
        Set("service_arn", view.Service?.ServiceArn);
        Set("service_status", view.Service?.Status);
        Set("task_arn", task.TaskArn);
        Set("task_definition", task.TaskDefinitionArn);
        Set("task_definition_family", view.Definition.Family);
        Set("task_definition_revision", view.Definition.Revision?.ToString(CultureInfo.InvariantCulture));
        Set("task_group", task.Group);
        Set("launch_type", task.LaunchType);
        Set("availability_zone", task.AvailabilityZone);
        Set("desired_status", task.DesiredStatus);
        Set("last_status", task.LastStatus);
        Set("health_status", task.HealthStatus);
        Set("platform_family", task.PlatformFamily);
        Set("platform_version", task.PlatformVersion);
        Set("network_mode", view.NetworkMode);
        Set("ip_address", address);
        Set("subnet_id", view.IsAwsvpc ? task.InterfaceDetail("subnetId") : view.Instance?.SubnetId);
        Set("public_ip", view.IsAwsvpc ? view.InterfacePublicIp : view.Instance?.PublicIp);
        Set("container_instance_arn", task.ContainerInstanceArn);
        Set("ec2_instance_id", view.InstanceId);
        Set("ec2_instance_type", view.Instance?.InstanceType);
        Set("ec2_instance_private_ip", view.Instance?.PrivateIp);
        Set("ec2_instance_public_ip", view.Instance?.PublicIp);
        SetTags("tag_cluster_", view.Cluster?.Tags);
        SetTags("tag_service_", view.Service?.Tags);
        SetTags("tag_task_", task.Tags);
        foreach ((string key, string value) in view.Instance?.Tags ?? [])
        {
            Set("tag_ec2_" + LabelNames.Sanitize(key), value);
        }
    }

    private void SetTags(string kind, List<EcsTag>? tags)
    {
        foreach (EcsTag? tag in tags ?? [])
        {
            if (tag?.Key is { } key)
            {
                Set(kind + LabelNames.Sanitize(key), tag.Value);
            }
        }
    }

    private void Set(string name, string? value) => _labels.Set(Prefix + name, value ?? "");
}
