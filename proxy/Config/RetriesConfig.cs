namespace AmpEdge.Proxy.Config;

/// <summary>When a route asks its upstream again.</summary>
internal sealed record RetriesConfig
{
    /// <summary>How often one request is sent at most, the first time included; 1: never again.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>True to repeat writes too: an upstream may then get samples twice.</summary>
    public bool Writes { get; init; }

    /// <summary>Repetitions as a share of the route's requests, so that they cannot multiply the load of an upstream in trouble.</summary>
    public int BudgetPercent { get; init; } = 20;

    /// <summary>A longer wait is not waited for: the caller gets the answer with its <c>Retry-After</c>.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(5);
}
