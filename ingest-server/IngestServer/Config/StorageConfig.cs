using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Config;

/// <summary>How workspaces keep their data. Read when a workspace is opened; a reload does not change open ones.</summary>
internal sealed record StorageConfig
{
    /// <summary>How long samples are kept, counted back from the newest one.</summary>
    public TimeSpan RetentionTime { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Memory that one workspace's series and samples may take; at the bound the oldest samples go first.</summary>
    public ByteSize MaxHeadSize { get; init; } = new(4L << 30);

    /// <summary>The most that <see cref="MaxExemplars"/> may be set to.</summary>
    public const int MostExemplars = 10_000_000;

    /// <summary>Exemplars that one workspace holds, the newest ones; 0 stores none. The default is Prometheus's.</summary>
    public int MaxExemplars { get; init; } = 100_000;

    /// <summary>True to force every commit to the disk before it is acknowledged, false to do so once a second.</summary>
    public bool FsyncAlways { get; init; }
}
