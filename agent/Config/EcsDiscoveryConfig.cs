namespace AmpEdge.Agent.Config;

/// <summary>Targets from ECS tasks: a target per port of each container, or per task when a port is configured.</summary>
internal sealed record EcsDiscoveryConfig
{
    public const string FromApi = "api";

    public const string FromTaskMetadata = "task_metadata";

    /// <summary><c>api</c>: all tasks that the APIs of ECS and EC2 show; <c>task_metadata</c>: the containers of the agent's own task, without any IAM.</summary>
    public string Source { get; init; } = FromApi;

    /// <summary>0: the ports that containers declare; else one target per task at this port, as Prometheus makes them.</summary>
    public int Port { get; init; }

    /// <summary>Names of the services whose tasks are taken; empty: all tasks, those of no service among them.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Tags that a task, or its service, must have.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>Docker labels that name the port of a container's metrics; the first that is there counts.</summary>
    public IReadOnlyList<string> PortLabels { get; init; } = ["ECS_PROMETHEUS_EXPORTER_PORT", "PROMETHEUS_EXPORTER_PORT"];

    /// <summary>Docker labels that name the path of a container's metrics.</summary>
    public IReadOnlyList<string> PathLabels { get; init; } = ["ECS_PROMETHEUS_METRICS_PATH", "PROMETHEUS_EXPORTER_PATH"];

    /// <summary>Docker labels that name the job of a container's metrics.</summary>
    public IReadOnlyList<string> JobLabels { get; init; } = ["ECS_PROMETHEUS_JOB_NAME", "PROMETHEUS_EXPORTER_JOB_NAME"];

    /// <summary>Region, credentials, clusters and the HTTP client.</summary>
    public required AwsDiscoveryConfig Api { get; init; }
}
