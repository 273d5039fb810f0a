using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>The <c>global</c> section: what holds where a scrape configuration says nothing. Limits of 0 are no limit.</summary>
internal sealed record GlobalConfig
{
    public static readonly TimeSpan DefaultScrapeInterval = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan DefaultScrapeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How often a target is scraped.</summary>
    public TimeSpan ScrapeInterval { get; init; } = DefaultScrapeInterval;

    /// <summary>How long a scrape may take; not more than the interval.</summary>
    public TimeSpan ScrapeTimeout { get; init; } = DefaultScrapeTimeout;

    /// <summary>The formats that targets are asked for, the best liked first.</summary>
    public IReadOnlyList<string> ScrapeProtocols { get; init; } = ScrapeProtocol.Defaults;

    /// <summary>Read for the sake of files shared with a Prometheus server; an agent evaluates no rules.</summary>
    public TimeSpan EvaluationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Added to every series that is sent, unless it has the label.</summary>
    public Labels ExternalLabels { get; init; } = Labels.Empty;

    /// <summary>Size of a page, unpacked, above which the scrape fails.</summary>
    public ByteSize BodySizeLimit { get; init; }

    /// <summary>Samples of a page after relabelling above which the scrape fails.</summary>
    public ulong SampleLimit { get; init; }

    /// <summary>Targets of a job above which all of them fail.</summary>
    public ulong TargetLimit { get; init; }

    /// <summary>Labels of a series above which the scrape fails.</summary>
    public ulong LabelLimit { get; init; }

    /// <summary>Bytes of a label name above which the scrape fails.</summary>
    public ulong LabelNameLengthLimit { get; init; }

    /// <summary>Bytes of a label value above which the scrape fails.</summary>
    public ulong LabelValueLengthLimit { get; init; }

    /// <summary>How many targets that relabelling dropped are kept to be shown, for each job.</summary>
    public ulong KeepDroppedTargets { get; init; }

    /// <summary>A file to which each failed scrape writes a line.</summary>
    public string ScrapeFailureLogFile { get; init; } = "";

    /// <summary><c>utf8</c> or <c>legacy</c>.</summary>
    public string MetricNameValidationScheme { get; init; } = NameSchemes.Utf8;

    /// <summary><c>allow-utf-8</c>, <c>underscores</c>, <c>dots</c> or <c>values</c>.</summary>
    public string MetricNameEscapingScheme { get; init; } = NameSchemes.AllowUtf8;

    /// <summary>True to take the classic form of a histogram beside its native one.</summary>
    public bool AlwaysScrapeClassicHistograms { get; init; }

    /// <summary>True to turn classic histograms into native ones with the same buckets.</summary>
    public bool ConvertClassicHistogramsToNhcb { get; init; }

    /// <summary>True to ask for protobuf first and take native histograms.</summary>
    public bool ScrapeNativeHistograms { get; init; }

    /// <summary>True to report the limits, the time-out and the size of each scrape as series too.</summary>
    public bool ExtraScrapeMetrics { get; init; }
}
