using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Targets from an AWS account: EC2 instances or ECS tasks, by their APIs.</summary>
internal sealed record AwsDiscoveryConfig
{
    public const int DefaultPort = 80;

    /// <summary><c>ec2</c> or <c>ecs</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Empty: the region of the SDK's chain.</summary>
    public string Region { get; init; } = "";

    /// <summary>Empty: AWS's own.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The key to sign with; unset: credentials of the AWS SDK's chain.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>Belongs to the key.</summary>
    public Secret? SecretKey { get; init; }

    /// <summary>A profile of the AWS configuration files.</summary>
    public string Profile { get; init; } = "";

    /// <summary>A role to assume with the credentials of the other keys, or of the SDK's chain.</summary>
    public string RoleArn { get; init; } = "";

    /// <summary>What the role's trust policy may ask for.</summary>
    public string ExternalId { get; init; } = "";

    /// <summary>The port of all targets.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>How often to look.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Filters that the API applies: a name and the values that pass.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Filters { get; init; } = [];

    /// <summary>ECS clusters; empty: all.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>How many requests may be under way at once.</summary>
    public int RequestConcurrency { get; init; } = 20;

    /// <summary>How the API is asked; see below.</summary>
    public HttpClientConfig HttpClient { get; init; } = new();
}
