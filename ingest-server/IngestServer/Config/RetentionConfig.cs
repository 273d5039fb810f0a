using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Config;

/// <summary>What a workspace keeps. A reload changes it for open workspaces too; maintenance then gives up what is over.</summary>
internal sealed record RetentionConfig
{
    /// <summary>AMP's least and most.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromDays(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1095);

    /// <summary>How long samples are kept, counted back from the newest one. The default is AMP's.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromDays(150);

    /// <summary>What blocks and log of the workspace may take on the disk; the oldest blocks go first. 0 for any amount.</summary>
    public ByteSize Size { get; init; } = new(0);
}
