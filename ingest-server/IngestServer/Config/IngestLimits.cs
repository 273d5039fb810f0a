using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Config;

/// <summary>What a workspace takes from its senders. The defaults are AMP's quotas where AMP publishes them.</summary>
internal sealed record IngestLimits
{
    /// <summary>The most that <see cref="MaxRequestBytes"/> may be set to: every body is held in memory whole.</summary>
    public const long LargestRequestBytes = 32 << 20;

    /// <summary>
    /// The most that <see cref="MaxDecodedBytes"/> may be set to: what one record of the store's log holds, since a
    /// request is stored as one.
    /// </summary>
    public const long LargestDecodedBytes = WalBatch.MaxPayloadLength;

    /// <summary>The most that <see cref="MaxSeries"/> may be set to: AMP's own default quota.</summary>
    public const int LargestSeriesLimit = 50_000_000;

    /// <summary>Bytes of one request body as sent; a larger one is answered with 413.</summary>
    public long MaxRequestBytes { get; init; } = 1 << 20;

    /// <summary>Bytes that a body may claim to hold once decompressed; checked before anything is allocated.</summary>
    public long MaxDecodedBytes { get; init; } = 32 << 20;

    /// <summary>
    /// Series that the workspace may hold, those within the retention; samples of further ones are refused with 429. The
    /// default is the least that AMP grants.
    /// </summary>
    public int MaxSeries { get; init; } = 2_000_000;

    /// <summary>Labels of one series, <c>__name__</c> included.</summary>
    public int MaxLabelNamesPerSeries { get; init; } = 150;

    /// <summary>Bytes of one label: its name and its value together.</summary>
    public int MaxLabelBytes { get; init; } = 7 * 1024;

    /// <summary>How far a sample may lie in the future.</summary>
    public TimeSpan CreationGracePeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether names may be any UTF-8 (Prometheus 3) or only what needs no quotes.</summary>
    public bool Utf8Names { get; init; } = true;

    /// <summary>The most that <see cref="OutOfOrderWindow"/> may be set to.</summary>
    public static readonly TimeSpan LongestOutOfOrderWindow = TimeSpan.FromHours(24);

    /// <summary>
    /// How much older than the workspace's newest sample a sample may be that is not later than the newest one of its
    /// series; zero takes none of those. The default is AMP's.
    /// </summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether native histograms are stored; AMP refuses them.</summary>
    public bool NativeHistograms { get; init; } = true;

    /// <summary>
    /// Buckets of one native histogram. One with more is stored at a lower resolution, or refused where it has no other.
    /// </summary>
    public int MaxNativeHistogramBuckets { get; init; } = 1000;

    /// <summary>The most that <see cref="MaxNativeHistogramBuckets"/> may be set to.</summary>
    public const int MostNativeHistogramBuckets = 8192;
}
