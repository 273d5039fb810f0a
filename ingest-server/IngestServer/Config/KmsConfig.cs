using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Config;

/// <summary>Keys of AWS KMS, which wrap the workspaces' keys and never leave it.</summary>
internal sealed record KmsConfig
{
    /// <summary>Id, ARN, alias or ARN of an alias; empty when only older keys are there.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>Keys that were <see cref="KeyId"/> before.</summary>
    public IReadOnlyList<string> PreviousKeyIds { get; init; } = [];

    /// <summary>Where to ask; null for the public endpoint of the region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Region and credentials.</summary>
    public SigV4Config SigV4 { get; init; } = new();
}
