using AmpEdge.Hosting;
using AmpEdge.SigV4;

namespace AmpEdge.Agent.Config;

/// <summary>How the samples of one destination are queued and sent.</summary>
internal sealed record QueueConfig
{
    private const int DefaultCapacity = 10_000;

    /// <summary>A sample that waits takes 48 bytes; reading it from the disk again takes more of everything else.</summary>
    private const int UsualEntriesPerShard = 50_000;

    /// <summary>Samples that a shard holds in memory before reading of the buffer waits, as configured.</summary>
    public int Capacity { get; init; } = DefaultCapacity;

    /// <summary>The samples that a shard really holds: more than Prometheus's default, which is nobody's choice, and at least a batch.</summary>
    public int EntriesPerShard =>
        Math.Max(Capacity == DefaultCapacity ? UsualEntriesPerShard : Capacity, MaxSamplesPerSend);

    /// <summary>How many requests may be on their way at once, at most.</summary>
    public int MaxShards { get; init; } = 50;

    /// <summary>With how many to begin.</summary>
    public int MinShards { get; init; } = 1;

    /// <summary>Samples of a request, at most.</summary>
    public int MaxSamplesPerSend { get; init; } = 2000;

    /// <summary>How long a sample waits at most for its batch to fill.</summary>
    public TimeSpan BatchSendDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first wait before a failed request is tried again; it doubles each time.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>The longest such wait.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Without effect: Prometheus drops a batch that is answered by 429 unless this is set, while here a 429 for rate is
    /// always waited for and one that names series loses only those. False is noted in the log.
    /// </summary>
    public bool? RetryOnHttp429 { get; init; }

    /// <summary>
    /// Older samples are dropped and counted rather than sent; zero keeps them all. For the URL of an Amazon Managed Prometheus
    /// workspace 1h unless given, because those it refuses for certain.
    /// </summary>
    public TimeSpan SampleAgeLimit { get; init; }

    /// <summary>
    /// The age at which a destination refuses every sample, as far as its URL tells; zero where it does not.
    /// </summary>
    /// <remarks>
    /// Amazon Managed Prometheus: "metric samples older than 1 hour are refused" (user guide, service quotas, limits on ingested
    /// data). Its out-of-order window says nothing of age: after an outage old samples are in order and taken.
    /// </remarks>
    public static TimeSpan AgeLimitOf(Uri url) =>
        AwsHost.TryParse(url.Host, out SigningScope scope) && scope.Service == "aps" ? TimeSpan.FromHours(1) : TimeSpan.Zero;

    /// <summary>
    /// Digits that values keep, counted from the first that is not zero, from 1 to 16; 0 leaves them as they are. Fewer digits
    /// make requests and storage smaller. Ours.
    /// </summary>
    public int SignificantFigures { get; init; }

    /// <summary>Digits behind the decimal point that values keep, from 0 to 15; without it they stay as they are. Ours.</summary>
    public int? RoundDigits { get; init; }

    /// <summary>
    /// The most bytes of a request's compressed body; the default is what Amazon Managed Prometheus takes. Ours: Prometheus
    /// has no such key.
    /// </summary>
    public ByteSize MaxBytesPerSend { get; init; } = new(1_000_000);

    /// <summary>Samples a second that all shards together send at most; 0 for no such limit. Ours.</summary>
    public int MaxSamplesPerSecond { get; init; }

    /// <summary>
    /// Distinct series that are sent within an hour; samples of further ones are dropped and counted until it is over. 0 for no
    /// such limit. Ours.
    /// </summary>
    public int MaxSeries { get; init; }

    /// <summary>
    /// How much of the buffer this destination may be behind: above it the oldest whole files are given up, for it alone. 0 for no
    /// bound but <c>--buffer.max-bytes</c>. Ours.
    /// </summary>
    public ByteSize BufferMaxBytes { get; init; }

    /// <summary>
    /// How old what waits for this destination may be before it is given up, for it alone. 0 for no bound but
    /// <c>--buffer.max-age</c>. Ours.
    /// </summary>
    public TimeSpan BufferMaxAge { get; init; }
}
