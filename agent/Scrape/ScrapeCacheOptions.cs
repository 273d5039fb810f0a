namespace AmpEdge.Agent.Scrape;

/// <summary>How a target's samples are taken.</summary>
internal sealed record ScrapeCacheOptions
{
    /// <summary>Whether a time on the page is the sample's time.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>Whether series with times of their own get staleness markers too.</summary>
    public bool TrackTimestampsStaleness { get; init; }

    /// <summary>Samples after relabelling; zero is no limit.</summary>
    public long SampleLimit { get; init; }

    /// <summary>How far ahead of the scrape a sample's own time may lie, in milliseconds. Prometheus takes ten minutes.</summary>
    public long MaxFutureMs { get; init; } = 600_000;
}
