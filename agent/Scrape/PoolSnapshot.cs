using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>The targets of a pool at one moment.</summary>
/// <param name="Job">The job's name, which is the pool's.</param>
/// <param name="Active">The targets that are scraped, in order of their labels.</param>
/// <param name="Dropped">The discovered labels of targets that relabelling drops, as many as are kept.</param>
/// <param name="DroppedCount">How many relabelling drops.</param>
internal sealed record PoolSnapshot(
    string Job, IReadOnlyList<Target> Active, IReadOnlyList<Labels> Dropped, int DroppedCount)
{
    /// <summary>What scrapes <see cref="Active"/>, in the same order.</summary>
    public IReadOnlyList<ScrapeLoop> Loops { get; init; } = [];

    /// <summary>The rules that the job's series pass.</summary>
    public RelabelRule[] MetricRelabelRules { get; init; } = [];

    /// <summary>The job as configured; null before the first sync.</summary>
    public ScrapeJob? Definition { get; init; }

    public static PoolSnapshot Empty(string job) => new(job, [], [], 0);
}
