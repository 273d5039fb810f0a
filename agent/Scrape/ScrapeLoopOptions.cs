namespace AmpEdge.Agent.Scrape;

/// <summary>What a loop takes from its job, beside how pages are fetched and read.</summary>
internal sealed record ScrapeLoopOptions
{
    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <summary>Whether <c>scrape_timeout_seconds</c> and its companions are reported.</summary>
    public bool ExtraMetrics { get; init; }

    /// <summary>The <c>sample_limit</c> that is reported; zero is none.</summary>
    public long SampleLimit { get; init; }

    /// <summary>Where failed scrapes are written down, or null.</summary>
    public ScrapeFailureLog? FailureLog { get; init; }
}
