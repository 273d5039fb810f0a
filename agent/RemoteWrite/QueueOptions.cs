namespace AmpEdge.Agent.RemoteWrite;

/// <summary>The bounds and waits of a destination's queue; the names and defaults of Prometheus's <c>queue_config</c>.</summary>
internal sealed record QueueOptions
{
    /// <summary>Samples that wait in memory per shard; when they are that many, the rest is read from the disk later.</summary>
    public int Capacity { get; init; } = 10_000;

    public int MinShards { get; init; } = 1;

    public int MaxShards { get; init; } = 50;

    public int MaxSamplesPerSend { get; init; } = 2_000;

    /// <summary>The most bytes of a request's compressed body; Amazon Managed Prometheus takes 1 MB.</summary>
    public int MaxBytesPerSend { get; init; } = 1_000_000;

    /// <summary>How long a sample waits for others to fill its request.</summary>
    public TimeSpan BatchSendDeadline { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(30);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>False drops what a 429 refuses, as Prometheus does by default; we wait, because waiting cures it.</summary>
    public bool RetryOnHttp429 { get; init; } = true;

    /// <summary>Older samples are dropped instead of sent; zero for no limit.</summary>
    public TimeSpan SampleAgeLimit { get; init; }

    /// <summary>How long stopping goes on delivering what waits in memory.</summary>
    public TimeSpan FlushDeadline { get; init; } = TimeSpan.FromSeconds(5);
}
