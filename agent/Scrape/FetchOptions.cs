using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>How the targets of a job are asked.</summary>
internal sealed record FetchOptions
{
    public required string Accept { get; init; }

    public required string UserAgent { get; init; }

    /// <summary>Whether gzip is asked for.</summary>
    public bool EnableCompression { get; init; } = true;

    /// <summary>Bytes of a page after decompression; zero leaves only the one that keeps the process alive.</summary>
    public long BodySizeLimit { get; init; }

    /// <summary>Whether requests need nothing but a connection: no credentials, no proxy, no further headers.</summary>
    public bool IsPlain { get; init; }

    /// <summary>The format of pages without a usable Content-Type, or null.</summary>
    public ExpositionFormat? Fallback { get; init; }
}
