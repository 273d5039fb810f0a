namespace AmpEdge.Agent.Cost;

/// <summary>What a workspace takes before it answers 429; the defaults are AMP's.</summary>
internal sealed record QuotaTable
{
    public double ActiveSeries { get; init; } = 50_000_000;

    public double SamplesPerSecond { get; init; } = 1_666_666;

    /// <summary>The share of a quota above which the agent warns.</summary>
    public double WarnRatio { get; init; } = 0.8;
}
