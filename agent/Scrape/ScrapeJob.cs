using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>A scrape configuration in the form in which pools use it: rules compiled, defaults filled in.</summary>
internal sealed record ScrapeJob
{
    public required string Name { get; init; }

    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public string Scheme { get; init; } = "http";

    public string MetricsPath { get; init; } = "/metrics";

    /// <summary>Query parameters in order of their names; each may have several values.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Parameters { get; init; } = [];

    public RelabelRule[] RelabelRules { get; init; } = [];

    public RelabelRule[] MetricRelabelRules { get; init; } = [];

    public bool HonorLabels { get; init; }

    /// <summary>Whether names may be any UTF-8 (<c>metric_name_validation_scheme: utf8</c>).</summary>
    public bool Utf8Names { get; init; } = true;

    public ScrapeLimits Limits { get; init; } = new();

    public ScrapeCacheOptions Samples { get; init; } = new();

    public required FetchOptions Fetch { get; init; }

    public required ScrapeLoopOptions Loop { get; init; }

    /// <summary>Targets of the job; with more of them all fail. Zero is no limit.</summary>
    public int TargetLimit { get; init; }

    /// <summary>How many dropped targets are kept to be shown; zero keeps all.</summary>
    public int KeepDroppedTargets { get; init; }

    /// <summary>
    /// Everything of the configuration that a running loop depends on beside its target: equal texts mean nothing to
    /// restart. Where targets come from and how they are relabelled is not part of it, since that makes other targets.
    /// </summary>
    public string LoopSignature { get; init; } = "";

    /// <summary>The part of it that decides which series a page gives; the rest is about how the page is fetched.</summary>
    public string CacheSignature { get; init; } = "";

    /// <summary>Makes the client that the job's targets share.</summary>
    public required Func<HttpMessageInvoker> CreateClient { get; init; }
}
