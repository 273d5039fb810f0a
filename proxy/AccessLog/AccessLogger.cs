using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.QueryApi;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.AccessLog;

/// <summary>
/// Writes a line of JSON for each request that ended: all that failed, and a share of the others. Lines wait in a bounded
/// queue, so that no request waits for the disk.
/// </summary>
internal sealed class AccessLogger
{
    /// <summary>The status of a caller that went away before its answer began.</summary>
    public const int CallerGone = 499;

    private readonly Lock _randomLock = new();
    private readonly Random _random;
    private readonly TimeProvider _time;
    private volatile AccessLogConfig _config;

    public AccessLogger(AccessLogConfig config, MetricRegistry metrics, TimeProvider time, Random random, ILogger log)
    {
        _config = config;
        _random = random;
        _time = time;
        LineFileMetrics counts = new(
            metrics.Gauge("ampedge_proxy_access_log_enabled", "Whether there is an access log."),
            metrics.Counter("ampedge_proxy_access_log_failures_total", "Lines of the access log that could not be written."),
            metrics.Counter("ampedge_proxy_access_log_dropped_total", "Lines of the access log that found its queue full."));
        File = new LineFile("access log", "access_log.path", config.Path, counts, time, log);
        metrics.Gauge("ampedge_proxy_access_log_queue", "Lines of the access log that wait to be written.", () => File.QueuedLines);
        metrics.Gauge("ampedge_proxy_access_log_queue_limit", "The most lines that may wait.").Set(LineFile.QueueLines);
    }

    /// <summary>Where lines go; started before the first request and stopped after the last.</summary>
    public LineFile File { get; }

    /// <summary>Takes another configuration and opens the file anew, so that it can be moved away before a reload.</summary>
    /// <exception cref="StartFailedException">The file cannot be opened; all stays as it was.</exception>
    public void Apply(AccessLogConfig config)
    {
        File.Open(config.Path);
        _config = config;
    }

    /// <summary>Writes a request that ended, if it is one of those.</summary>
    public void Write(ForwardRequest request, int status, TimeSpan took)
    {
        if (!File.IsEnabled)
        {
            return;
        }

        AccessLogConfig config = _config;
        bool failed = status >= 400 || request.Problem is not null;
        if (!failed && config.SampleRatio < 1 && !Draws(config.SampleRatio))
        {
            return;
        }

        using JsonBuffer json = new();
        WriteLine(json, request, config, status, took);
        File.Write(json.Written.ToArray());
    }

    private void WriteLine(JsonBuffer json, ForwardRequest request, AccessLogConfig config, int status, TimeSpan took)
    {
        json.Raw("{\"time\":"u8);
        json.String(_time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        Text(json, ",\"listener\":"u8, request.Listener);
        Text(json, ",\"route\":"u8, request.RouteName);
        Text(json, ",\"caller\":"u8, request.Context.Connection.RemoteIpAddress?.ToString());
        Text(json, ",\"identity\":"u8, IdentityOf(request));
        Text(json, ",\"method\":"u8, request.Context.Request.Method);
        Text(json, ",\"path\":"u8, ForwardEndpoint.Shown(request.Target.RawPath));
        Text(json, ",\"query\":"u8, HiddenQuery.Of(request.Target.RawQuery, config.QueryValues));
        json.Raw(",\"status\":"u8);
        json.Number((long)status);
        json.Raw(",\"bytes_in\":"u8);
        json.Number(request.BytesIn);
        json.Raw(",\"bytes_out\":"u8);
        json.Number(request.BytesOut);
        Seconds(json, ",\"duration_seconds\":"u8, took);
        if (request.Attempts > 0)
        {
            Text(json, ",\"upstream\":"u8, request.Upstream.Origin);
            Seconds(json, ",\"upstream_seconds\":"u8, request.UpstreamTime);
            json.Raw(",\"retries\":"u8);
            json.Number((long)request.Attempts - 1);
        }

        Text(json, ",\"error\":"u8, request.Problem);
        json.Raw("}\n"u8);
    }

    /// <summary>Who a caller has proved to be, by the certificate of its connection or a token; null when nobody asked.</summary>
    private static string? IdentityOf(ForwardRequest request)
    {
        string? certificate = request.Context.Connection.ClientCertificate is { } shown ? $"certificate {shown.Subject}" : null;
        string? token = request.CallerToken is { } name ? $"token {name}" : null;
        return certificate is null || token is null ? certificate ?? token : $"{certificate}, {token}";
    }

    private static void Text(JsonBuffer json, ReadOnlySpan<byte> member, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            json.Raw(member);
            json.String(text);
        }
    }

    private static void Seconds(JsonBuffer json, ReadOnlySpan<byte> member, TimeSpan time)
    {
        json.Raw(member);
        json.Number(Math.Round(time.TotalSeconds, 6));
    }

    private bool Draws(double ratio)
    {
        lock (_randomLock)
        {
            return _random.NextDouble() < ratio;
        }
    }
}
