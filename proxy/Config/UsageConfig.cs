using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>The section <c>usage</c>: whether and how it is watched which metrics are written and never read.</summary>
internal sealed record UsageConfig
{
    public const int MostMetrics = 1_000_000;

    public const int MostWritesPerSecond = 1_000_000;

    public static readonly TimeSpan ShortestSaveInterval = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan ShortestUnusedAfter = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public bool Enable { get; init; }

    /// <summary>Where what is known is kept across restarts; empty: in memory only.</summary>
    public string StateFile { get; init; } = "";

    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A metric that nothing has read for so long is unused; what was neither written nor read for so long is forgotten.</summary>
    public TimeSpan UnusedAfter { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Metrics that are remembered, of all workspaces; as many names of readers beside them.</summary>
    public int MaxMetrics { get; init; } = 20_000;

    /// <summary>About so many writes a second are decoded; the rest is estimated from those.</summary>
    public int WritesPerSecond { get; init; } = 20;

    /// <summary>Rule files, or patterns such as <c>rules/*.yml</c>.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Grafana dashboards in JSON, or patterns such as <c>dashboards/*.json</c>.</summary>
    public IReadOnlyList<string> Dashboards { get; init; } = [];

    public PriceTable Prices { get; init; } = new();

    /// <summary>What is allowed, for messages.</summary>
    public static string Range(TimeSpan shortest) =>
        $"from {PrometheusDuration.Format(shortest)} to {PrometheusDuration.Format(Longest)}";
}
