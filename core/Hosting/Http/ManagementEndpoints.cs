using Microsoft.AspNetCore.Http;

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
        routes.Map("GET", "/-/healthy", context =>
            context.WriteTextAsync(StatusCodes.Status200OK, $"{_program} is Healthy."));
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

    private Task AnswerReady(HttpContext context)
    {
        IReadOnlyList<string> reasons = _readiness.Reasons();
        return reasons.Count == 0
            ? context.WriteTextAsync(StatusCodes.Status200OK, $"{_program} is Ready.")
            : context.WriteTextAsync(
                StatusCodes.Status503ServiceUnavailable,
                $"{_program} is not ready:\n- {string.Join("\n- ", reasons)}");
    }

    private async Task AnswerReloadAsync(HttpContext context)
    {
        if (!LifecycleEnabled || Reload is null)
        {
            await context.WriteTextAsync(StatusCodes.Status403Forbidden, "Lifecycle API is not enabled.");
            return;
        }

        string? problem = await Reload(context.RequestAborted);
        if (problem is null)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return;
        }

        await context.WriteTextAsync(
            StatusCodes.Status500InternalServerError, $"failed to reload config: {problem}");
    }
}
