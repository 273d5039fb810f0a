using System.Net;
using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// The containers beside the agent in its own ECS task, by the task metadata endpoint (version 4): a sidecar finds
/// its siblings without any IAM permission.
/// </summary>
internal sealed class EcsMetadataTargets : ITargetSource
{
    private const string UriVariable = "ECS_CONTAINER_METADATA_URI_V4";
    private const int MaxBodyBytes = 4 << 20;

    private readonly LabelsBuilder _labels = new();
    private readonly EcsDiscoveryConfig _config;
    private readonly HttpMessageInvoker _client;
    private readonly AwsSurroundings _surroundings;

    /// <param name="config">Which ports.</param>
    /// <param name="client">Carries requests; disposed of with this.</param>
    /// <param name="surroundings">Where the endpoint is.</param>
    public EcsMetadataTargets(EcsDiscoveryConfig config, HttpMessageInvoker client, AwsSurroundings surroundings)
    {
        _config = config;
        _client = client;
        _surroundings = surroundings;
    }

    public string Mechanism => "ecs";

    public TimeSpan RefreshInterval => _config.Api.RefreshInterval;

    /// <summary>The endpoint is on the machine itself.</summary>
    public TimeSpan Timeout { get; } = TimeSpan.FromSeconds(10);

    public async Task<RefreshAnswer> FindAsync(CancellationToken cancel)
    {
        string uri = _config.Api.Endpoint.Length > 0 ? _config.Api.Endpoint : _surroundings.Environment(UriVariable) ?? "";
        if (!Uri.TryCreate($"{uri.TrimEnd('/')}/task", UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw new DiscoveryException(
                $"there is no task metadata endpoint ({UriVariable} is '{uri}'): source task_metadata works in ECS tasks only");
        }

        try
        {
            EcsTaskMetadata task = await AskAsync(url, cancel);
            return new RefreshAnswer([new TargetGroup(task.TaskArn ?? "task", Targets(task), Labels.Empty)]);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            throw new DiscoveryException($"Get \"{url}\": {error.Message}", error);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<EcsTaskMetadata> AskAsync(Uri url, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        using HttpResponseMessage response = await _client.SendAsync(request, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new DiscoveryException(
                $"Get \"{url}\": server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
        }

        return Read(await BoundedBody.ReadAsync(response, MaxBodyBytes, cancel));
    }

    /// <exception cref="JsonException">The answer is cut or malformed.</exception>
    internal static EcsTaskMetadata Read(ReadOnlyMemory<byte> body) =>
        JsonSerializer.Deserialize(body.Span, EcsMetadataJson.Default.EcsTaskMetadata)
        ?? throw new JsonException("the answer is null");

    private List<Labels> Targets(EcsTaskMetadata task)
    {
        List<Labels> targets = [];
        foreach (EcsContainerMetadata? container in task.Containers ?? [])
        {
            bool isUsual = container is { Type: null or "NORMAL", KnownStatus: null or "RUNNING" or "RESOURCES_PROVISIONED" };
            if (container is null || !isUsual || AddressOf(container) is not { } address)
            {
                continue;
            }

            SetTask(task, container, address);
            if (_config.Port > 0)
            {
                // The containers of a task are reached at one address: the first stands for all.
                _labels.Set("__address__", HostPort.Join(address, _config.Port));
                return [_labels.Build()];
            }

            EcsContainerDefinition definition = new(container.Name, container.Image, container.Labels, null);
            EcsContainerTargets.Add(_labels, _config, address, definition, PortsOf(container), isMapped: false, targets);
        }

        return targets;
    }

    /// <summary>
    /// From inside the task a container is reached where it listens: at its own address, or at the loopback address
    /// that all share in host mode.
    /// </summary>
    private static string? AddressOf(EcsContainerMetadata container)
    {
        foreach (EcsContainerNetwork? network in container.Networks ?? [])
        {
            if (network is null)
            {
                continue;
            }

            string? address = network.Ipv4Addresses?.Find(static known => known?.Length > 0)
                ?? network.Ipv6Addresses?.Find(static known => known?.Length > 0);
            if (address is not null || network.NetworkMode == "host")
            {
                return address ?? "127.0.0.1";
            }
        }

        return null;
    }

    private static List<EcsPort> PortsOf(EcsContainerMetadata container)
    {
        List<EcsPort> ports = [];
        foreach (EcsPortMetadata? known in container.Ports ?? [])
        {
            if (known is { ContainerPort: { } number and > 0, Protocol: null or "tcp" })
            {
                EcsPort port = new(number, number, "", "port_mapping");
                if (!ports.Contains(port))
                {
                    ports.Add(port);
                }
            }
        }

        return ports;
    }

    private void SetTask(EcsTaskMetadata task, EcsContainerMetadata container, string address)
    {
        string cluster = task.Cluster ?? "";
        bool isArn = cluster.StartsWith("arn:", StringComparison.Ordinal);
        string[] parts = (task.TaskArn ?? "").Split(':');
        _labels.Reset();
        Set("region", parts.Length > 3 ? parts[3] : "");
        Set("cluster", isArn ? cluster[(cluster.LastIndexOf('/') + 1)..] : cluster);
        Set("cluster_arn", isArn ? cluster : "");
        Set("service", task.ServiceName);
        Set("task_arn", task.TaskArn);
        Set("task_definition_family", task.Family);
        Set("task_definition_revision", task.Revision);
        Set("launch_type", task.LaunchType);
        Set("availability_zone", task.AvailabilityZone);
        Set("desired_status", task.DesiredStatus);
        Set("last_status", task.KnownStatus);
        Set("network_mode", container.Networks?.Find(static network => network?.NetworkMode is not null)?.NetworkMode);
        Set("ip_address", address);
    }

    private void Set(string name, string? value) => _labels.Set(EcsLabels.Prefix + name, value ?? "");
}
