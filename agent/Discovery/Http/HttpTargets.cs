using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>The targets of <c>http_sd_configs</c>: what a URL answers, as Prometheus asks for it.</summary>
internal sealed partial class HttpTargets : ITargetSource
{
    private const string UrlLabel = "__meta_url";

    /// <summary>Some 500,000 targets; Prometheus has no limit here.</summary>
    private const int MaxBodyBytes = 64 << 20;

    private readonly HttpDiscoveryConfig _config;
    private readonly HttpMessageInvoker _client;
    private readonly DiscoveryMetrics _metrics;

    /// <summary>For labels and messages: without a password.</summary>
    private readonly string _url;

    /// <summary>How many groups the last good answer had, so that those which vanish can be ended.</summary>
    private int _lastCount;

    /// <param name="config">Where to ask.</param>
    /// <param name="client">Does authentication, TLS and proxies; disposed of with this.</param>
    /// <param name="metrics">Counts failures.</param>
    public HttpTargets(HttpDiscoveryConfig config, HttpMessageInvoker client, DiscoveryMetrics metrics)
    {
        _config = config;
        _client = client;
        _metrics = metrics;
        _url = ConfigUrl.Shown(config.Url.OriginalString);
    }

    public string Mechanism => "http";

    public TimeSpan RefreshInterval => _config.RefreshInterval;

    /// <summary>As in Prometheus: an answer that takes longer than that would be late for the next one.</summary>
    public TimeSpan Timeout => _config.RefreshInterval;

    public async Task<RefreshAnswer> FindAsync(CancellationToken cancel)
    {
        try
        {
            return await AskAsync(cancel);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or DiscoveryException)
        {
            _metrics.HttpFailures.Increment();
            throw new DiscoveryException($"Get \"{_url}\": {error.Message}", error);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<RefreshAnswer> AskAsync(CancellationToken cancel)
    {
        using HttpRequestMessage request = CreateRequest();
        using HttpResponseMessage response = await _client.SendAsync(request, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new DiscoveryException(
                $"server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
        }

        string contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString()
            : "";
        if (!IsJson(contentType))
        {
            throw new DiscoveryException($"unsupported content type \"{contentType}\", allowed application/json in UTF-8");
        }

        ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(response, MaxBodyBytes, cancel);
        IReadOnlyList<TargetGroup> groups = TargetGroupReader.ReadJson(_url, body, out string? problem)
            ?? throw new DiscoveryException(problem ?? "the answer holds no groups");
        return new RefreshAnswer(WithEndedGroups(groups));
    }

    /// <summary>True for a media type that Prometheus takes, which is stricter than the grammar of media types.</summary>
    internal static bool IsJson(string contentType) => JsonContentType().IsMatch(contentType.Trim());

    private HttpRequestMessage CreateRequest()
    {
        HttpRequestMessage request = new(HttpMethod.Get, _config.Url);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        request.Headers.TryAddWithoutValidation(
            "X-Prometheus-Refresh-Interval-Seconds",
            _config.RefreshInterval.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture));
        return request;
    }

    private List<TargetGroup> WithEndedGroups(IReadOnlyList<TargetGroup> groups)
    {
        List<TargetGroup> all = [];
        LabelsBuilder labels = new();
        foreach (TargetGroup group in groups)
        {
            labels.Reset(group.Labels);
            labels.Set(UrlLabel, _url);
            all.Add(group with { Labels = labels.Build() });
        }

        for (int index = groups.Count; index < _lastCount; index++)
        {
            all.Add(new TargetGroup(
                string.Create(CultureInfo.InvariantCulture, $"{_url}:{index}"), [], Labels.Empty));
        }

        _lastCount = groups.Count;
        return all;
    }

    [GeneratedRegex("^application/json(;\\s*charset=(\"utf-8\"|utf-8))?\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex JsonContentType();
}
