using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Targets from an AWS account: EC2 instances or ECS tasks.</summary>
internal sealed record AwsDiscoveryConfig
{
    /// <summary><c>ec2</c> or <c>ecs</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Empty: the region of the SDK's chain.</summary>
    public string Region { get; init; } = "";

    /// <summary>Empty: AWS's own.</summary>
    public string Endpoint { get; init; } = "";

    public string AccessKey { get; init; } = "";

    public Secret? SecretKey { get; init; }

    public string Profile { get; init; } = "";

    public string RoleArn { get; init; } = "";

    public int Port { get; init; } = 80;

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Filters that the API applies: a name and the values that pass.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Filters { get; init; } = [];

    /// <summary>ECS clusters; empty: all.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    public HttpClientConfig HttpClient { get; init; } = new();
}
