namespace AmpEdge.Hosting;

/// <summary><c>/-/healthy</c>, <c>/-/ready</c>, <c>/-/reload</c> and <c>/metrics</c>, as Prometheus has them.</summary>
public sealed class ManagementEndpoints
{
    private readonly string _program;
    private readonly MetricRegistry _metrics;
    private readonly Readiness _readiness;

    /// <param name="program">Named in the answers: <c>AmpEdge Agent</c>.</param>
    /// <param name="metrics">Shown at <c>/metrics</c>.</param>
    /// <param name="readiness">Answers <c>/-/ready</c>.</param>
    public ManagementEndpoints(string program, MetricRegistry metrics, Readiness readiness)
    {
        _program = program;
        _metrics = metrics;
        _readiness = readiness;
    }

    /// <summary>Reloads the configuration and returns null, or what is wrong with it. Null: there is nothing to reload.</summary>
    public Func<CancellationToken, Task<string?>>? Reload { get; init; }

    /// <summary><c>--web.enable-lifecycle</c>: whether <c>/-/reload</c> may be called.</summary>
    public bool LifecycleEnabled { get; init; }

    /// <summary>Maps health and readiness only, for a listener that strangers can reach.</summary>
    public void MapHealthTo(RouteTable routes)
    {
        routes.Map("GET", "/-/healthy", exchange =>
            exchange.WriteTextAsync(200, $"{_program} is Healthy."));
        routes.Map("GET", "/-/ready", AnswerReady);
    }

    /// <summary>Maps everything.</summary>
    public void MapTo(RouteTable routes)
    {
        MapHealthTo(routes);
        routes.Map("GET", "/metrics", new MetricsEndpoint(_metrics).AnswerAsync);
        if (Reload is not null)
        {
            routes.Map("POST,PUT", "/-/reload", AnswerReloadAsync);
        }
    }

    private Task AnswerReady(HttpExchange exchange)
    {
        IReadOnlyList<string> reasons = _readiness.Reasons();
        return reasons.Count == 0
            ? exchange.WriteTextAsync(200, $"{_program} is Ready.")
            : exchange.WriteTextAsync(
                503,
                $"{_program} is not ready:\n- {string.Join("\n- ", reasons)}");
    }

    private async Task AnswerReloadAsync(HttpExchange exchange)
    {
        if (!LifecycleEnabled || Reload is null)
        {
            await exchange.WriteTextAsync(403, "Lifecycle API is not enabled.");
            return;
        }

        string? problem = await Reload(exchange.Aborted);
        if (problem is null)
        {
            await exchange.WriteAsync(200, "", ReadOnlyMemory<byte>.Empty);
            return;
        }

        await exchange.WriteTextAsync(
            500, $"failed to reload config: {problem}");
    }
}
