using AmpEdge.Hosting;

namespace AmpEdge.Agent.Cost;

/// <summary>What <c>--cost.config-file</c> may change.</summary>
internal sealed record CostConfig
{
    public PriceTable Prices { get; init; } = new();

    public QuotaTable Quotas { get; init; } = new();
}
