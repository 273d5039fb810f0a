using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>One entry of <c>scrape_configs</c>, with the global values filled in. Limits of 0 are no limit.</summary>
internal sealed record ScrapeConfig
{
    /// <summary>The value of the <c>job</c> label; no two jobs have the same.</summary>
    public required string JobName { get; init; }

    /// <summary>True to let labels of the page win over those of the target; false moves them to <c>exported_…</c>.</summary>
    public bool HonorLabels { get; init; }

    /// <summary>True to keep the times that a page gives its samples.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>True to mark series with times of their own as stale when they go.</summary>
    public bool TrackTimestampsStaleness { get; init; }

    /// <summary>Query parameters in the order of the file; each may have several values.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Params { get; init; } = [];

    /// <summary>How often a target is scraped; unset: as in <c>global</c>.</summary>
    public TimeSpan ScrapeInterval { get; init; } = GlobalConfig.DefaultScrapeInterval;

    /// <summary>How long a scrape may take; unset: as in <c>global</c>, but not more than the interval.</summary>
    public TimeSpan ScrapeTimeout { get; init; } = GlobalConfig.DefaultScrapeTimeout;

    /// <summary>The formats that targets are asked for, the best liked first; unset: as in <c>global</c>.</summary>
    public IReadOnlyList<string> ScrapeProtocols { get; init; } = ScrapeProtocol.Defaults;

    /// <summary>The format of pages without a usable Content-Type; empty: such a scrape fails.</summary>
    public string FallbackScrapeProtocol { get; init; } = "";

    /// <summary>True to ask for protobuf first and take native histograms.</summary>
    public bool ScrapeNativeHistograms { get; init; }

    /// <summary>True to take the classic form of a histogram beside its native one.</summary>
    public bool AlwaysScrapeClassicHistograms { get; init; }

    /// <summary>True to turn classic histograms into native ones with the same buckets.</summary>
    public bool ConvertClassicHistogramsToNhcb { get; init; }

    /// <summary>True to report the limits, the time-out and the size of each scrape as series too.</summary>
    public bool ExtraScrapeMetrics { get; init; }

    /// <summary>A file to which each failed scrape writes a line.</summary>
    public string ScrapeFailureLogFile { get; init; } = "";

    /// <summary>The path of the page.</summary>
    public string MetricsPath { get; init; } = "/metrics";

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>True to ask for gzip.</summary>
    public bool EnableCompression { get; init; } = true;

    /// <summary>Size of a page, unpacked, above which the scrape fails.</summary>
    public ByteSize BodySizeLimit { get; init; }

    /// <summary>Samples of a page after relabelling above which the scrape fails.</summary>
    public ulong SampleLimit { get; init; }

    /// <summary>Series of one target; only those above it are left out. AmpEdge's own.</summary>
    public ulong SeriesLimit { get; init; }

    /// <summary>Targets of the job above which all of them fail.</summary>
    public ulong TargetLimit { get; init; }

    /// <summary>Labels of a series above which the scrape fails.</summary>
    public ulong LabelLimit { get; init; }

    /// <summary>Bytes of a label name above which the scrape fails.</summary>
    public ulong LabelNameLengthLimit { get; init; }

    /// <summary>Bytes of a label value above which the scrape fails.</summary>
    public ulong LabelValueLengthLimit { get; init; }

    /// <summary>
    /// Buckets of a native histogram above which its resolution is reduced, and the scrape fails when that does not
    /// help.
    /// </summary>
    public ulong NativeHistogramBucketLimit { get; init; }

    /// <summary>Native histograms of finer resolution than this growth factor are made coarser.</summary>
    public double NativeHistogramMinBucketFactor { get; init; }

    /// <summary>How many targets that relabelling dropped are kept to be shown.</summary>
    public ulong KeepDroppedTargets { get; init; }

    /// <summary><c>utf8</c> or <c>legacy</c>.</summary>
    public string MetricNameValidationScheme { get; init; } = NameSchemes.Utf8;

    /// <summary><c>allow-utf-8</c>, <c>underscores</c>, <c>dots</c> or <c>values</c>.</summary>
    public string MetricNameEscapingScheme { get; init; } = NameSchemes.AllowUtf8;

    /// <summary>Rules that change or drop targets before they are scraped.</summary>
    public IReadOnlyList<RelabelRule> RelabelRules { get; init; } = [];

    /// <summary>Rules that change or drop series before they are stored.</summary>
    public IReadOnlyList<RelabelRule> MetricRelabelRules { get; init; } = [];

    /// <summary>How targets are asked; see below.</summary>
    public HttpClientConfig HttpClient { get; init; } = new();

    /// <summary>Where targets come from, any number of each kind; see below.</summary>
    public DiscoveryConfigs Discovery { get; init; } = new();
}
