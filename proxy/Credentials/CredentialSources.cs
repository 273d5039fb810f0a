using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
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
    private const int MostShownRoutes = 10;

    private readonly Lock _sourcesLock = new();
    private readonly Dictionary<CredentialSource, List<string>> _users = [];
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
        readiness.Require(Problems);
        metrics.Gauge(
            "ampedge_proxy_credentials_available",
            "1 while there are credentials to sign with, for every route.",
            () => Problems() is null ? 1 : 0);
        metrics.Gauge(
            "ampedge_proxy_credentials_seconds_to_expiry",
            "Until the first credentials end; +Inf when they do not, 0 without any.",
            SecondsToExpiry);
        metrics.Counter("ampedge_proxy_credentials_refreshes_total", "Look-ups that brought new credentials.")
            .ReadFrom(() => Total(_ended.Refreshes, static status => status.Refreshes));
        metrics.Counter("ampedge_proxy_credentials_refresh_failures_total", "Look-ups that failed.")
            .ReadFrom(() => Total(_ended.Failures, static status => status.Failures));
    }

    /// <summary>The credentials of a route; given back with its lease.</summary>
    public RouteCredentials Take(RouteConfig route, List<IAsyncDisposable> leases)
    {
        CredentialSource source = _shared.Take(route.Signing.Credentials, leases);
        string user = route.Upstream.Host is { } host
            ? $"{route.Name} ({route.Upstream.Scheme}://{host})"
            : $"{route.Name} (any AWS endpoint)";
        lock (_sourcesLock)
        {
            _users[source].Add(user);
        }

        leases.Add(new PartLease(() => RemoveUser(source, user)));
        return new RouteCredentials(() => CredentialAnswer.Of(source), source.ReplaceAsync);
    }

    private CredentialSource Open(CredentialSettings settings)
    {
        CredentialSource source = new(settings, _time, Changed);
        source.Start();
        lock (_sourcesLock)
        {
            _users.Add(source, []);
        }

        return source;
    }

    private async ValueTask CloseAsync(CredentialSource source)
    {
        lock (_sourcesLock)
        {
            _users.Remove(source);
            _ended = (_ended.Refreshes + source.Status.Refreshes, _ended.Failures + source.Status.Failures);
        }

        await source.DisposeAsync();
    }

    private CredentialSource[] Sources()
    {
        lock (_sourcesLock)
        {
            return [.. _users.Keys];
        }
    }

    private ValueTask RemoveUser(CredentialSource source, string user)
    {
        lock (_sourcesLock)
        {
            // After its last lease a source has no users left to be told of.
            _ = _users.TryGetValue(source, out List<string>? users) && users.Remove(user);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Which routes lack credentials, and why; null when none does.</summary>
    private string? Problems()
    {
        List<string> problems = [];
        foreach (CredentialSource source in Sources())
        {
            if (!source.TryGet(out _, out string reason))
            {
                problems.Add($"{UsersOf(source)}: {reason}");
            }
        }

        return problems.Count == 0 ? null : string.Join("; ", problems);
    }

    /// <summary>The routes of a source, each once: while a reload goes on, the old and the new ones both hold it.</summary>
    private string UsersOf(CredentialSource source)
    {
        List<string> names = [];
        lock (_sourcesLock)
        {
            foreach (string user in _users.GetValueOrDefault(source) ?? [])
            {
                if (!names.Contains(user))
                {
                    names.Add(user);
                }
            }
        }

        string shown = string.Join(", ", names.GetRange(0, Math.Min(names.Count, MostShownRoutes)));
        string more = names.Count > MostShownRoutes
            ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MostShownRoutes} more")
            : "";
        return $"{(names.Count == 1 ? "route" : "routes")} {shown}{more}";
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
