namespace AmpEdge.Tsdb;

/// <summary>The bounds of a database. All are checked on open.</summary>
public sealed record DatabaseOptions
{
    /// <summary>The most that <see cref="MaxHeadBytes"/> may be: half of what the slabs can address.</summary>
    public const long LargestHeadBytes = 32L * 1024 * 1024 * 1024;

    /// <summary>
    /// How long samples are kept, counted back from the newest one; from 1 minute. Older blocks, chunks and log segments are
    /// deleted by <see cref="Database.Maintain"/>. Blocks grow to a tenth of it.
    /// </summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(150);

    /// <summary>
    /// The most that blocks and log may take on the disk; the oldest blocks go first, before <see cref="Retention"/> asks
    /// for it. 0 for any amount.
    /// </summary>
    public long RetentionBytes { get; init; }

    /// <summary>
    /// The most that the head may hold, in bytes of chunks, labels and index; at the bound the older half becomes a block
    /// before its time. Requests find out that it is over: an eighth above it no new series are made.
    /// </summary>
    public long MaxHeadBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>
    /// How much older than the newest sample of the whole head a sample may be, of any series; never more than the
    /// retention. The default is half a chunk range, as in Prometheus.
    /// </summary>
    public TimeSpan OldestAcceptedAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far ahead of the clock a sample may be; <see cref="TimeSpan.MaxValue"/> for no such bound.</summary>
    public TimeSpan FutureTolerance { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Chunks never span a multiple of this, the length of the first blocks. The head is cut when it spans half as
    /// much more.</summary>
    public TimeSpan ChunkRange { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Encrypts everything that is written; null for plain files, which Prometheus's tools read.</summary>
    public DatabaseEncryption? Encryption { get; init; }

    /// <summary>
    /// The size of a log segment, in bytes of samples; with many series it is larger, so that describing the series in
    /// each segment stays a fifth of the log at most.
    /// </summary>
    public long SegmentBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long after a commit at most its bytes are forced to the disk; zero forces every commit.</summary>
    public TimeSpan FsyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often <see cref="Database.Maintain"/> runs by itself; <see cref="TimeSpan.Zero"/> for never.</summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long nothing is written until the whole head becomes blocks and takes no more memory; samples before its newest one
    /// then are too old. <see cref="TimeSpan.Zero"/> for never.
    /// </summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromHours(3);

    /// <summary>The most metric families that metadata is kept for; further ones are refused and counted.</summary>
    public int MaxMetadataFamilies { get; init; } = 50_000;

    /// <summary>The most exemplars that are held, the newest ones of all series; 0 holds none.</summary>
    public int MaxExemplars { get; init; } = 100_000;

    /// <summary>Whether closing writes the head down, so that the next start need not read the log.</summary>
    public bool SnapshotOnClose { get; init; }

    /// <summary>
    /// How much older than the newest sample of the whole head a sample may be that is not later than the newest one of
    /// its own series; <see cref="TimeSpan.Zero"/> refuses all of those. <see cref="Database.OutOfOrderWindow"/> changes it.
    /// </summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.Zero;

    /// <exception cref="ArgumentException">
    /// A bound is outside what it may be; the message names it, the value and the range.
    /// </exception>
    internal void Check()
    {
        Require(Retention >= TimeSpan.FromMinutes(1), nameof(Retention), Retention, "from one minute");
        Require(RetentionBytes >= 0, nameof(RetentionBytes), RetentionBytes, "from zero");
        Require(
            MaxHeadBytes is >= 1 and <= LargestHeadBytes, nameof(MaxHeadBytes), MaxHeadBytes, $"from 1 to {LargestHeadBytes}");
        Require(OldestAcceptedAge >= TimeSpan.Zero, nameof(OldestAcceptedAge), OldestAcceptedAge, "from zero");
        Require(FutureTolerance >= TimeSpan.Zero, nameof(FutureTolerance), FutureTolerance, "from zero");
        Require(ChunkRange >= TimeSpan.FromSeconds(1), nameof(ChunkRange), ChunkRange, "from one second");
        Require(SegmentBytes >= 4096, nameof(SegmentBytes), SegmentBytes, "from 4 KiB");
        Require(FsyncInterval >= TimeSpan.Zero, nameof(FsyncInterval), FsyncInterval, "from zero");
        Require(MaintenanceInterval >= TimeSpan.Zero, nameof(MaintenanceInterval), MaintenanceInterval, "from zero");
        Require(IdleAfter >= TimeSpan.Zero, nameof(IdleAfter), IdleAfter, "from zero");
        Require(MaxMetadataFamilies >= 0, nameof(MaxMetadataFamilies), MaxMetadataFamilies, "from zero");
        Require(MaxExemplars >= 0, nameof(MaxExemplars), MaxExemplars, "from zero");
        Require(OutOfOrderWindow >= TimeSpan.Zero, nameof(OutOfOrderWindow), OutOfOrderWindow, "from zero");
    }

    private static void Require<T>(bool holds, string name, T value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentException($"database option {name} is {value}: allowed is {allowed}", name);
        }
    }
}
