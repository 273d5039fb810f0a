namespace AmpEdge.Agent.Scrape;

/// <summary>The scrape that a loop is at.</summary>
/// <param name="Batch">Gets what the page gives.</param>
/// <param name="TimestampMs">The time of its samples.</param>
internal readonly record struct RunningScrape(SampleBatch Batch, long TimestampMs)
{
    /// <summary>True once a part of the page came.</summary>
    public bool HasPage { get; init; }
}
