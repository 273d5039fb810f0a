using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Turns scrape configurations into jobs.</summary>
internal static class ScrapeJobFactory
{
    /// <param name="config">What the configuration says of the job.</param>
    /// <param name="createClient">Makes the client of its targets.</param>
    /// <param name="failureLogs">Where failed scrapes are written down.</param>
    /// <param name="createdAfterMs"><see cref="ScrapeCacheOptions.CreatedAfterMs"/>.</param>
    public static ScrapeJob Create(
        ScrapeConfig config, Func<HttpClientConfig, HttpMessageInvoker> createClient, ScrapeFailureLogs failureLogs,
        long? createdAfterMs) => new()
    {
        Name = config.JobName,
        Interval = config.ScrapeInterval,
        Timeout = config.ScrapeTimeout,
        Scheme = config.Scheme,
        MetricsPath = config.MetricsPath,
        Parameters = config.Params,
        RelabelRules = [.. config.RelabelRules],
        MetricRelabelRules = [.. config.MetricRelabelRules],
        HonorLabels = config.HonorLabels,
        Utf8Names = config.MetricNameValidationScheme == NameSchemes.Utf8,
        TargetLimit = (int)Math.Min(config.TargetLimit, int.MaxValue),
        KeepDroppedTargets = (int)Math.Min(config.KeepDroppedTargets, int.MaxValue),
        Limits = new ScrapeLimits
        {
            LabelLimit = Limit(config.LabelLimit),
            LabelNameLengthLimit = Limit(config.LabelNameLengthLimit),
            LabelValueLengthLimit = Limit(config.LabelValueLengthLimit),
        },
        Samples = new ScrapeCacheOptions
        {
            HonorTimestamps = config.HonorTimestamps,
            TrackTimestampsStaleness = config.TrackTimestampsStaleness,
            CreatedAfterMs = createdAfterMs,
            SampleLimit = Limit(config.SampleLimit),
            SeriesLimit = Limit(config.SeriesLimit),
            Histograms = new HistogramForms(config.ScrapeNativeHistograms, config.AlwaysScrapeClassicHistograms),
            ConvertClassicHistograms = config.ConvertClassicHistogramsToNhcb,
            BucketLimit = Limit(config.NativeHistogramBucketLimit),
            MaxSchema = ScrapeCacheOptions.SchemaFor(config.NativeHistogramMinBucketFactor),
        },
        Loop = new ScrapeLoopOptions
        {
            Job = config.JobName,
            ExtraMetrics = config.ExtraScrapeMetrics,
            SampleLimit = Limit(config.SampleLimit),
            FailureLog = failureLogs.For(config.ScrapeFailureLogFile),
        },
        Fetch = new FetchOptions
        {
            Accept = AcceptHeader.For(config.ScrapeProtocols, config.MetricNameEscapingScheme),
            UserAgent = AmpEdge.Agent.UserAgent.Value,
            EnableCompression = config.EnableCompression,
            BodySizeLimit = config.BodySizeLimit.Bytes,
            IsPlain = config.HttpClient.IsPlain,
            Fallback = FormatOf(config.FallbackScrapeProtocol),
        },
        LoopSignature = AgentConfigYaml.Signature(WithoutTargets(config)),
        CacheSignature = AgentConfigYaml.Signature(WithoutFetching(WithoutTargets(config))),
        CreateClient = () => createClient(config.HttpClient),
    };

    /// <summary>Leaves out what finds and makes targets: a target that comes out the same goes on undisturbed.</summary>
    private static ScrapeConfig WithoutTargets(ScrapeConfig config) => config with
    {
        Discovery = new DiscoveryConfigs(),
        RelabelRules = [],
        ScrapeInterval = default,
        ScrapeTimeout = default,
        Scheme = "",
        MetricsPath = "",
        Params = [],
        TargetLimit = 0,
        KeepDroppedTargets = 0,
    };

    private static ScrapeConfig WithoutFetching(ScrapeConfig config) => config with
    {
        HttpClient = new HttpClientConfig(),
        EnableCompression = true,
        BodySizeLimit = default,
        ExtraScrapeMetrics = false,
        ScrapeFailureLogFile = "",
    };

    private static long Limit(ulong value) => (long)Math.Min(value, long.MaxValue);

    private static ExpositionFormat? FormatOf(string protocol) => protocol switch
    {
        "PrometheusText0.0.4" => ExpositionFormat.Text004,
        "PrometheusText1.0.0" => ExpositionFormat.Text100,
        "OpenMetricsText0.0.1" or "OpenMetricsText1.0.0" => ExpositionFormat.OpenMetrics100,
        ScrapeProtocol.Proto => ExpositionFormat.Protobuf,
        _ => null,
    };
}
