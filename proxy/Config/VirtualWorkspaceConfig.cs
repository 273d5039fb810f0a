namespace AmpEdge.Proxy.Config;

/// <summary>Several workspaces that are read as one.</summary>
internal sealed record VirtualWorkspaceConfig
{
    /// <summary>Routes name it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The label that tells of which member a series is.</summary>
    public string Label { get; init; } = "workspace";

    public IReadOnlyList<MemberConfig> Members { get; init; } = [];

    /// <summary>How long members may take for their part of an answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of one member's answer, unpacked; a larger one is not read.</summary>
    public long MaxAnswerBytes { get; init; } = 64 << 20;
}
