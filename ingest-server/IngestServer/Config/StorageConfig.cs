using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Config;

/// <summary>
/// How workspaces keep their data. Read when a workspace is opened; a reload
/// changes the retention of open ones and nothing else.
/// </summary>
internal sealed record StorageConfig
{
    /// <summary>What workspaces keep unless they say otherwise.</summary>
    public RetentionConfig Retention { get; init; } = new();

    /// <summary>
    /// Memory that one workspace's newest samples may take; at the bound the older half becomes a block before its time.
    /// </summary>
    public ByteSize MaxHeadSize { get; init; } = new(4L << 30);

    /// <summary>
    /// Memory that the newest samples of all workspaces may take together; when they do, the largest ones are cut back, down to
    /// an equal share each.
    /// </summary>
    public ByteSize MaxTotalHeadSize { get; init; } = new(4L << 30);

    /// <summary>The most that <see cref="MaxExemplars"/> may be set to.</summary>
    public const int MostExemplars = 10_000_000;

    /// <summary>Exemplars that one workspace holds, the newest ones; 0 stores none. The default is Prometheus's.</summary>
    public int MaxExemplars { get; init; } = 100_000;

    /// <summary>True to force every commit to the disk before it is acknowledged, false to do so once a second.</summary>
    public bool FsyncAlways { get; init; }

    /// <summary>How what is written is encrypted; null for plain files. Read when a workspace is opened.</summary>
    public EncryptionConfig? Encryption { get; init; }
}
