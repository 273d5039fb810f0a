namespace AmpEdge.IngestServer.RemoteRead;

/// <summary>Bounds of remote reads; flags and defaults are Prometheus's.</summary>
internal sealed record RemoteReadLimits
{
    /// <summary>Samples that one query may be answered with in the form of samples; 0 for any number.</summary>
    public long MaxSamples { get; init; } = 50_000_000;

    /// <summary>Requests answered at the same time; others wait.</summary>
    public int MaxConcurrency { get; init; } = 10;

    /// <summary>A frame of the streamed form is ended with the chunk that brings it to so many bytes.</summary>
    public int MaxFrameBytes { get; init; } = 1 << 20;
}
