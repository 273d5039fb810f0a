namespace AmpEdge.Agent.Scrape;

/// <summary>How the last scrape of a target went.</summary>
internal enum TargetHealth
{
    /// <summary>Not scraped yet.</summary>
    Unknown,

    Up,

    Down,
}
