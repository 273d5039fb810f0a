namespace AmpEdge.Agent.Scrape;

/// <summary>What the pages show of a target's last scrape; replaced whole after each.</summary>
internal sealed record TargetStatus
{
    public static TargetStatus NotScraped { get; } = new();

    public TargetHealth Health { get; init; }

    public DateTimeOffset? LastScrape { get; init; }

    public TimeSpan LastDuration { get; init; }

    /// <summary>Why the last scrape failed, or the empty string.</summary>
    public string LastError { get; init; } = "";

    /// <summary>Samples of the last scrape, before relabelling.</summary>
    public int LastSamples { get; init; }

    /// <summary>Samples of the last scrape that <c>series_limit</c> left out.</summary>
    public int LastLeftOut { get; init; }
}
