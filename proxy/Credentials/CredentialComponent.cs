using AmpEdge.Hosting;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Credentials;

/// <summary>The process's credentials: found in the background from the start on, with log lines and metrics.</summary>
internal sealed class CredentialComponent : IComponent
{
    private readonly ILogger _log;

    public CredentialComponent(
        CredentialSettings settings, MetricRegistry metrics, Readiness readiness, ILogger log, TimeProvider time)
    {
        _log = log;
        Source = new CredentialSource(settings, time, Changed);
        readiness.Require(() => Source.TryGet(out _, out string reason) ? null : reason);
        metrics.Gauge(
            "ampedge_proxy_credentials_available",
            "1 while there are credentials to sign with.",
            () => Source.TryGet(out _, out _) ? 1 : 0);
        metrics.Gauge(
            "ampedge_proxy_credentials_seconds_to_expiry",
            "Until the credentials end; +Inf when they do not, 0 without any.",
            () => SecondsToExpiry(time));
        metrics.Counter("ampedge_proxy_credentials_refreshes_total", "Look-ups that brought new credentials.")
            .ReadFrom(() => Source.Status.Refreshes);
        metrics.Counter("ampedge_proxy_credentials_refresh_failures_total", "Look-ups that failed.")
            .ReadFrom(() => Source.Status.Failures);
    }

    public string Name => "credentials";

    public CredentialSource Source { get; }

    public Task StartAsync(CancellationToken cancel)
    {
        Source.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel) => Source.DisposeAsync().AsTask();

    private double SecondsToExpiry(TimeProvider time) => Source.Status.Current switch
    {
        null => 0,
        { ExpiresAt: { } expiry } => Math.Max(0, (expiry - time.GetUtcNow()).TotalSeconds),
        _ => double.PositiveInfinity,
    };

    private void Changed(CredentialStatus status)
    {
        if (status.Problem is { } problem)
        {
            CredentialLog.LookUpFailed(_log, problem);
        }
        else if (status.Current is { } current)
        {
            CredentialLog.Found(_log, current.Provider, current.Credentials.AccessKeyId, current.ExpiresAt);
        }
    }
}
