namespace AmpEdge.Proxy.Config;

/// <summary>What a route takes from its callers.</summary>
internal sealed record LimitsConfig
{
    // A body lies in one array, which doubles as it grows.
    public const long MostRequestBodyBytes = 512 << 20;

    /// <summary>Bytes of one request body; a larger one is refused with 413.</summary>
    public long RequestBodyBytes { get; init; } = 16 << 20;

    /// <summary>Requests at the upstream at once; further ones get 503. 0: no limit.</summary>
    public int ConcurrentRequests { get; init; }

    /// <summary>Requests a second, over the limit 429. 0: no limit.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>Samples a second in remote write requests, over the limit 429. 0: no limit.</summary>
    public int SamplesPerSecond { get; init; }
}
