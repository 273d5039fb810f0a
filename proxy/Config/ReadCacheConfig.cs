namespace AmpEdge.Proxy.Config;

/// <summary>Answers equal reads once: AMP bills the samples that queries process.</summary>
internal sealed record ReadCacheConfig
{
    /// <summary>How long an answer serves later reads, at most a range query's step; zero: only reads that run at the same time share one.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>What the answers of the route may hold together.</summary>
    public long MaxBytes { get; init; } = 64 << 20;

    /// <summary>Larger answers are neither kept nor shared: they stream.</summary>
    public long MaxAnswerBytes { get; init; } = 4 << 20;

    /// <summary>Headers of callers that the answer depends on, beside <c>Accept</c> and <c>Accept-Encoding</c>.</summary>
    public IReadOnlyList<string> Vary { get; init; } = [];
}
