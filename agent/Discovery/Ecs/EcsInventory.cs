using System.Collections.Concurrent;
using AmpEdge.Agent.Config;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Finds the tasks that a configuration asks for, with what their targets need to know of clusters, services,
/// definitions and machines.
/// </summary>
/// <remarks>
/// A look takes these steps, each with as few requests as the API allows: 1. the clusters; 2. the tasks of each
/// cluster; 3. their services, which tasks name in their group; 4. their machines; 5. public addresses of their
/// interfaces; 6. their definitions, which never change and are asked for once.
/// </remarks>
internal sealed class EcsInventory
{
    private static readonly EcsTaskDefinition s_noDefinition = new(null, null, null, null);

    private readonly EcsDiscoveryConfig _config;
    private readonly EcsClient _ecs;
    private readonly Ec2Client _ec2;
    private readonly OptionalPermission _machines;
    private readonly OptionalPermission _publicAddresses;

    /// <summary>Definitions of the tasks of the last look, by ARN.</summary>
    private Dictionary<string, EcsTaskDefinition> _definitions = new(StringComparer.Ordinal);

    /// <param name="config">Which tasks.</param>
    /// <param name="ecs">The API of tasks.</param>
    /// <param name="ec2">The API of machines and interfaces.</param>
    /// <param name="machines">Machines below tasks that have an address of their own are an extra.</param>
    /// <param name="publicAddresses">And so are public addresses.</param>
    public EcsInventory(
        EcsDiscoveryConfig config,
        EcsClient ecs,
        Ec2Client ec2,
        OptionalPermission machines,
        OptionalPermission publicAddresses)
    {
        _config = config;
        _ecs = ecs;
        _ec2 = ec2;
        _machines = machines;
        _publicAddresses = publicAddresses;
    }

    /// <summary>All tasks that are asked for, in the order of the API. A failure of any step fails the look.</summary>
    /// <param name="foundServices">Takes the configured services that are in at least one cluster.</param>
    /// <param name="cancel">Ends the look early.</param>
    public async Task<List<EcsTaskView>> FindAsync(
        ConcurrentDictionary<string, bool> foundServices, CancellationToken cancel)
    {
        IReadOnlyList<string> names = _config.Api.Clusters.Count > 0
            ? _config.Api.Clusters
            : await _ecs.ListClustersAsync(cancel);
        List<EcsCluster> clusters = await _ecs.DescribeClustersAsync(names, cancel);
        List<Task<List<EcsTaskView>>> looks = [];
        foreach (EcsCluster cluster in clusters)
        {
            looks.Add(FindInClusterAsync(cluster, foundServices, cancel));
        }

        List<EcsTaskView> views = [];
        foreach (List<EcsTaskView> found in await Task.WhenAll(looks))
        {
            views.AddRange(found);
        }

        views = await WithDefinitionsAsync(views, cancel);
        Dictionary<string, Ec2Instance> machines = await FindMachinesAsync(views, cancel);
        Dictionary<string, string> publicIps = await FindPublicIpsAsync(views, cancel);
        return views.ConvertAll(view => view with
        {
            Instance = machines.GetValueOrDefault(view.InstanceId),
            InterfacePublicIp = publicIps.GetValueOrDefault(view.Task.InterfaceDetail("networkInterfaceId") ?? "", ""),
        });
    }

    private async Task<List<EcsTaskView>> FindInClusterAsync(
        EcsCluster cluster, ConcurrentDictionary<string, bool> foundServices, CancellationToken cancel)
    {
        string arn = cluster.ClusterArn ?? cluster.ClusterName ?? "";
        List<string> taskArns = await ListTasksAsync(arn, foundServices, cancel);
        List<EcsTask> tasks = await _ecs.DescribeTasksAsync(arn, taskArns, cancel);
        Dictionary<string, EcsService> services = await FindServicesAsync(arn, tasks, cancel);
        Dictionary<string, string> instances = await FindInstanceIdsAsync(arn, tasks, cancel);
        List<EcsTaskView> views = [];
        foreach (EcsTask task in tasks)
        {
            EcsService? service = services.GetValueOrDefault(task.ServiceName ?? "");
            if (HasTags(task, service))
            {
                string instance = instances.GetValueOrDefault(task.ContainerInstanceArn ?? "", "");
                views.Add(new EcsTaskView(task, cluster, service, s_noDefinition, instance, null, ""));
            }
        }

        return views;
    }

    private async Task<List<string>> ListTasksAsync(
        string cluster, ConcurrentDictionary<string, bool> foundServices, CancellationToken cancel)
    {
        if (_config.Services.Count == 0)
        {
            return await _ecs.ListTasksAsync(cluster, null, cancel);
        }

        List<string> arns = [];
        foreach (string service in _config.Services)
        {
            try
            {
                arns.AddRange(await _ecs.ListTasksAsync(cluster, service, cancel));
                foundServices[service] = true;
            }
            catch (AwsApiException unknown) when (unknown.Code == "ServiceNotFoundException")
            {
                // Of several clusters not each has each service; one that none has is reported in the end.
                continue;
            }
        }

        return arns;
    }

    private async Task<Dictionary<string, EcsService>> FindServicesAsync(
        string cluster, List<EcsTask> tasks, CancellationToken cancel)
    {
        Dictionary<string, EcsService> services = new(StringComparer.Ordinal);
        List<string> names = Distinct(tasks, static task => task.ServiceName);
        foreach (EcsService service in await _ecs.DescribeServicesAsync(cluster, names, cancel))
        {
            services[service.ServiceName ?? ""] = service;
        }

        return services;
    }

    private async Task<Dictionary<string, string>> FindInstanceIdsAsync(
        string cluster, List<EcsTask> tasks, CancellationToken cancel)
    {
        Dictionary<string, string> ids = new(StringComparer.Ordinal);
        List<string> arns = Distinct(tasks, static task => task.ContainerInstanceArn);
        foreach (EcsContainerInstance machine in await _ecs.DescribeContainerInstancesAsync(cluster, arns, cancel))
        {
            ids[machine.ContainerInstanceArn ?? ""] = machine.Ec2InstanceId ?? "";
        }

        return ids;
    }

    private bool HasTags(EcsTask task, EcsService? service)
    {
        foreach ((string key, string value) in _config.Tags)
        {
            bool matches(EcsTag? tag) => tag is not null && tag.Key == key && tag.Value == value;
            if (task.Tags?.Exists(matches) is not true && service?.Tags?.Exists(matches) is not true)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Definitions that no task uses any more are forgotten.</summary>
    private async Task<List<EcsTaskView>> WithDefinitionsAsync(List<EcsTaskView> views, CancellationToken cancel)
    {
        List<string> arns = Distinct(views, static view => view.Task.TaskDefinitionArn);
        Dictionary<string, EcsTaskDefinition> last = _definitions;
        Task<EcsTaskDefinition>[] asked = new Task<EcsTaskDefinition>[arns.Count];
        for (int index = 0; index < asked.Length; index++)
        {
            asked[index] = last.TryGetValue(arns[index], out EcsTaskDefinition? known)
                ? Task.FromResult(known)
                : _ecs.DescribeTaskDefinitionAsync(arns[index], cancel);
        }

        EcsTaskDefinition[] found = await Task.WhenAll(asked);
        Dictionary<string, EcsTaskDefinition> definitions = new(StringComparer.Ordinal);
        for (int index = 0; index < found.Length; index++)
        {
            definitions[arns[index]] = found[index];
        }

        _definitions = definitions;
        return views.ConvertAll(view => view with
        {
            Definition = definitions.GetValueOrDefault(view.Task.TaskDefinitionArn ?? "", s_noDefinition),
        });
    }

    /// <summary>Tasks without an interface of their own are nowhere without their machine; for others it is an extra.</summary>
    private async Task<Dictionary<string, Ec2Instance>> FindMachinesAsync(List<EcsTaskView> views, CancellationToken cancel)
    {
        List<string> ids = Distinct(views, static view => view.InstanceId);
        bool isNeeded = views.Exists(static view => view.InstanceId.Length > 0 && !view.IsAwsvpc);
        Task<List<Ec2Instance>> ask() => _ec2.DescribeInstancesByIdAsync(ids, cancel);
        Dictionary<string, Ec2Instance> machines = new(StringComparer.Ordinal);
        foreach (Ec2Instance machine in (isNeeded ? await ask() : await _machines.TryAsync(ask)) ?? [])
        {
            machines[machine.InstanceId] = machine;
        }

        return machines;
    }

    private async Task<Dictionary<string, string>> FindPublicIpsAsync(List<EcsTaskView> views, CancellationToken cancel)
    {
        List<string> ids = Distinct(views, static view => view.Task.InterfaceDetail("networkInterfaceId"));
        return ids.Count == 0
            ? []
            : await _publicAddresses.TryAsync(() => _ec2.DescribePublicIpsAsync(ids, cancel)) ?? [];
    }

    private static List<string> Distinct<T>(List<T> items, Func<T, string?> pick)
    {
        List<string> names = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (T item in items)
        {
            if (pick(item) is { Length: > 0 } name && seen.Add(name))
            {
                names.Add(name);
            }
        }

        return names;
    }
}
