namespace AmpEdge.SigV4;

/// <summary>Where credentials come from. Empty: the AWS SDK's default chain.</summary>
public sealed record CredentialSettings
{
    /// <summary>Static keys from a configuration; both halves or neither.</summary>
    public AwsCredentials? StaticKeys { get; init; }

    /// <summary>A profile of the shared AWS files; null for the chain's own choice.</summary>
    public string? Profile { get; init; }

    /// <summary>A role to assume with what the chain, the profile or the static keys give.</summary>
    public string? RoleArn { get; init; }

    /// <summary>What the role's trust policy may ask for.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The region whose STS is asked for the role; null for the one of environment, profile or instance.</summary>
    public string? Region { get; init; }

    /// <summary>True to ask the FIPS endpoint of STS.</summary>
    public bool UseFipsSts { get; init; }

    /// <summary>Shows in CloudTrail as the session of the assumed role.</summary>
    public string RoleSessionName { get; init; } = "ampedge";
}
