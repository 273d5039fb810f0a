using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Config;

/// <summary>A caller: its key pair, and what it may do where.</summary>
internal sealed record PrincipalConfig
{
    /// <summary>For logs and for the default ARN.</summary>
    public required string Name { get; init; }

    /// <summary>What error texts call the caller.</summary>
    public required string Arn { get; init; }

    public required string AccessKey { get; init; }

    public required Secret SecretKey { get; init; }

    /// <summary>When set, requests must carry exactly this token, as with temporary credentials.</summary>
    public Secret? SessionToken { get; init; }

    /// <summary>Patterns of workspace ids; <c>*</c> and <c>?</c> as in IAM.</summary>
    public IReadOnlyList<string> Workspaces { get; init; } = ["*"];

    /// <summary>Patterns of actions, such as <c>aps:RemoteWrite</c> or <c>aps:Get*</c>. Nothing is allowed by default.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];
}
