namespace AmpEdge.IngestServer.Config;

/// <summary>A workspace: one tenant with data of its own.</summary>
internal sealed record WorkspaceConfig
{
    /// <summary>The id in URLs and the name of the folder that holds the data.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people; need not be unique.</summary>
    public string Alias { get; init; } = "";

    public IngestLimits Limits { get; init; } = new();

    public RetentionConfig Retention { get; init; } = new();
}
