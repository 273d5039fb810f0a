using AmpEdge.Hosting;
using AmpEdge.Proxy.Routing;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Credentials;

/// <summary>
/// The process's credentials, one source for each distinct setting: found in the background from its first use on, with log
/// lines and metrics.
/// </summary>
internal sealed class CredentialSources
{
    private readonly Lock _sourcesLock = new();
    private readonly List<CredentialSource> _sources = [];
    private readonly SharedParts<CredentialSettings, CredentialSource> _shared;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>What sources that are gone have counted.</summary>
    private (long Refreshes, long Failures) _ended;

    public CredentialSources(MetricRegistry metrics, Readiness readiness, ILogger log, TimeProvider time)
    {
        _shared = new(Open, CloseAsync);
        _time = time;
        _log = log;
        readiness.Require(() => FirstProblem());
        metrics.Gauge(
            "ampedge_proxy_credentials_available",
            "1 while there are credentials to sign with, for every route.",
            () => FirstProblem() is null ? 1 : 0);
        metrics.Gauge(
            "ampedge_proxy_credentials_seconds_to_expiry",
            "Until the first credentials end; +Inf when they do not, 0 without any.",
            SecondsToExpiry);
        metrics.Counter("ampedge_proxy_credentials_refreshes_total", "Look-ups that brought new credentials.")
            .ReadFrom(() => Total(_ended.Refreshes, static status => status.Refreshes));
        metrics.Counter("ampedge_proxy_credentials_refresh_failures_total", "Look-ups that failed.")
            .ReadFrom(() => Total(_ended.Failures, static status => status.Failures));
    }

    /// <summary>The credentials of a setting; given back with its lease.</summary>
    public RouteCredentials Take(CredentialSettings settings, List<IAsyncDisposable> leases)
    {
        CredentialSource source = _shared.Take(settings, leases);
        return new RouteCredentials(() => CredentialAnswer.Of(source), source.ReplaceAsync);
    }

    private CredentialSource Open(CredentialSettings settings)
    {
        CredentialSource source = new(settings, _time, Changed);
        source.Start();
        lock (_sourcesLock)
        {
            _sources.Add(source);
        }

        return source;
    }

    private async ValueTask CloseAsync(CredentialSource source)
    {
        lock (_sourcesLock)
        {
            _sources.Remove(source);
            _ended = (_ended.Refreshes + source.Status.Refreshes, _ended.Failures + source.Status.Failures);
        }

        await source.DisposeAsync();
    }

    private CredentialSource[] Sources()
    {
        lock (_sourcesLock)
        {
            return [.. _sources];
        }
    }

    private string? FirstProblem()
    {
        foreach (CredentialSource source in Sources())
        {
            if (!source.TryGet(out _, out string reason))
            {
                return reason;
            }
        }

        return null;
    }

    private double SecondsToExpiry()
    {
        double seconds = double.PositiveInfinity;
        foreach (CredentialSource source in Sources())
        {
            seconds = Math.Min(seconds, source.Status.Current switch
            {
                null => 0,
                { ExpiresAt: { } expiry } => Math.Max(0, (expiry - _time.GetUtcNow()).TotalSeconds),
                _ => double.PositiveInfinity,
            });
        }

        return seconds;
    }

    private long Total(long ended, Func<CredentialStatus, long> read)
    {
        long total = ended;
        foreach (CredentialSource source in Sources())
        {
            total += read(source.Status);
        }

        return total;
    }

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
