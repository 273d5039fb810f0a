using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>The <c>global</c> section: what holds where a scrape configuration says nothing. Limits of 0 are no limit.</summary>
internal sealed record GlobalConfig
{
    public static readonly TimeSpan DefaultScrapeInterval = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan DefaultScrapeTimeout = TimeSpan.FromSeconds(10);

    public TimeSpan ScrapeInterval { get; init; } = DefaultScrapeInterval;

    public TimeSpan ScrapeTimeout { get; init; } = DefaultScrapeTimeout;

    public IReadOnlyList<string> ScrapeProtocols { get; init; } = ScrapeProtocol.Defaults;

    /// <summary>Read for the sake of files shared with a Prometheus server; an agent evaluates no rules.</summary>
    public TimeSpan EvaluationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Added to every series that is sent, unless it has the label.</summary>
    public Labels ExternalLabels { get; init; } = Labels.Empty;

    public ByteSize BodySizeLimit { get; init; }

    public ulong SampleLimit { get; init; }

    public ulong TargetLimit { get; init; }

    public ulong LabelLimit { get; init; }

    public ulong LabelNameLengthLimit { get; init; }

    public ulong LabelValueLengthLimit { get; init; }

    public ulong KeepDroppedTargets { get; init; }

    public string ScrapeFailureLogFile { get; init; } = "";

    /// <summary><c>utf8</c> or <c>legacy</c>.</summary>
    public string MetricNameValidationScheme { get; init; } = NameSchemes.Utf8;

    /// <summary><c>allow-utf-8</c>, <c>underscores</c>, <c>dots</c> or <c>values</c>.</summary>
    public string MetricNameEscapingScheme { get; init; } = NameSchemes.AllowUtf8;

    public bool AlwaysScrapeClassicHistograms { get; init; }

    public bool ConvertClassicHistogramsToNhcb { get; init; }

    public bool ScrapeNativeHistograms { get; init; }

    public bool ExtraScrapeMetrics { get; init; }
}
