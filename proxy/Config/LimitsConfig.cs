namespace AmpEdge.Proxy.Config;

/// <summary>What a route takes from its callers.</summary>
internal sealed record LimitsConfig
{
    // A body lies in one array, which doubles as it grows.
    public const long MostRequestBodyBytes = 512 << 20;

    /// <summary>Bytes of one request body; a larger one is refused with 413.</summary>
    public long RequestBodyBytes { get; init; } = 16 << 20;
}
