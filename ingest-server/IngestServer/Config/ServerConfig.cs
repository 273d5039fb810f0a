namespace AmpEdge.IngestServer.Config;

/// <summary>The server's configuration file, read whole and checked whole; a reload makes a new one.</summary>
internal sealed record ServerConfig
{
    /// <summary>The region that credential scopes must name, and that ARNs carry.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The twelve digits of the account that owns the workspaces.</summary>
    public string Account { get; init; } = "000000000000";

    /// <summary>Where queries are logged, a line of JSON each; empty for nowhere.</summary>
    public string QueryLogFile { get; init; } = "";

    /// <summary>What every workspace takes unless it says otherwise.</summary>
    public IngestLimits Limits { get; init; } = new();

    public StorageConfig Storage { get; init; } = new();

    public IReadOnlyList<WorkspaceConfig> Workspaces { get; init; } = [];

    public IReadOnlyList<PrincipalConfig> Principals { get; init; } = [];

    /// <summary>The ARN of a workspace of this server.</summary>
    public string ArnOf(string workspaceId) => $"arn:aws:aps:{Region}:{Account}:workspace/{workspaceId}";
}
