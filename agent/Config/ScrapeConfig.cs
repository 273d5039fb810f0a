using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>One entry of <c>scrape_configs</c>, with the global values filled in. Limits of 0 are no limit.</summary>
internal sealed record ScrapeConfig
{
    public required string JobName { get; init; }

    public bool HonorLabels { get; init; }

    public bool HonorTimestamps { get; init; } = true;

    public bool TrackTimestampsStaleness { get; init; }

    /// <summary>Query parameters in the order of the file; each may have several values.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Params { get; init; } = [];

    public TimeSpan ScrapeInterval { get; init; } = GlobalConfig.DefaultScrapeInterval;

    public TimeSpan ScrapeTimeout { get; init; } = GlobalConfig.DefaultScrapeTimeout;

    public IReadOnlyList<string> ScrapeProtocols { get; init; } = ScrapeProtocol.Defaults;

    /// <summary>The format of pages without a usable Content-Type; empty: such a scrape fails.</summary>
    public string FallbackScrapeProtocol { get; init; } = "";

    public bool ScrapeNativeHistograms { get; init; }

    public bool AlwaysScrapeClassicHistograms { get; init; }

    public bool ConvertClassicHistogramsToNhcb { get; init; }

    public bool ExtraScrapeMetrics { get; init; }

    public string ScrapeFailureLogFile { get; init; } = "";

    public string MetricsPath { get; init; } = "/metrics";

    public string Scheme { get; init; } = "http";

    public bool EnableCompression { get; init; } = true;

    public ByteSize BodySizeLimit { get; init; }

    public ulong SampleLimit { get; init; }

    /// <summary>Series of one target; only those above it are left out. AmpEdge's own.</summary>
    public ulong SeriesLimit { get; init; }

    public ulong TargetLimit { get; init; }

    public ulong LabelLimit { get; init; }

    public ulong LabelNameLengthLimit { get; init; }

    public ulong LabelValueLengthLimit { get; init; }

    public ulong NativeHistogramBucketLimit { get; init; }

    public double NativeHistogramMinBucketFactor { get; init; }

    public ulong KeepDroppedTargets { get; init; }

    /// <summary><c>utf8</c> or <c>legacy</c>.</summary>
    public string MetricNameValidationScheme { get; init; } = NameSchemes.Utf8;

    /// <summary><c>allow-utf-8</c>, <c>underscores</c>, <c>dots</c> or <c>values</c>.</summary>
    public string MetricNameEscapingScheme { get; init; } = NameSchemes.AllowUtf8;

    public IReadOnlyList<RelabelRule> RelabelRules { get; init; } = [];

    public IReadOnlyList<RelabelRule> MetricRelabelRules { get; init; } = [];

    public HttpClientConfig HttpClient { get; init; } = new();

    public DiscoveryConfigs Discovery { get; init; } = new();
}
