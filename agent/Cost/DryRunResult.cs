using AmpEdge.Agent.Scrape;

namespace AmpEdge.Agent.Cost;

/// <summary>What a dry run found out.</summary>
internal sealed record DryRunResult
{
    public required CostReport Report { get; init; }

    public required IReadOnlyList<PoolSnapshot> Pools { get; init; }

    /// <summary>Jobs whose discovery had not answered in time.</summary>
    public required IReadOnlyList<string> WaitingJobs { get; init; }

    /// <summary>Samples of the second scrape.</summary>
    public required long Samples { get; init; }

    /// <summary>The compressed requests of remote write 1.0 that they make.</summary>
    public required long WireBytes { get; init; }

    public double WireBytesPerSample => Samples == 0 ? 0 : (double)WireBytes / Samples;

    public int Up => Count(TargetHealth.Up);

    public int Down => Count(TargetHealth.Down);

    private int Count(TargetHealth health)
    {
        int count = 0;
        foreach (PoolSnapshot pool in Pools)
        {
            foreach (Target target in pool.Active)
            {
                count += target.Status.Health == health ? 1 : 0;
            }
        }

        return count;
    }
}
