using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>Reads one entry of <c>scrape_configs</c> and fills in what the global section says.</summary>
internal static class ScrapeConfigReader
{
    public static ScrapeConfig Read(ConfigSection section, GlobalConfig global)
    {
        string job = section.Text("job_name");
        if (job.Length == 0)
        {
            section.Fail("job_name", "job_name is empty");
        }

        string owner = $"scrape config with job name \"{job}\"";
        string validation = GlobalConfigReader.ReadValidationScheme(section, global.MetricNameValidationScheme, "scrape config");
        TimeSpan interval = section.Duration("scrape_interval", TimeSpan.Zero);
        interval = interval == TimeSpan.Zero ? global.ScrapeInterval : interval;
        bool nativeHistograms = section.Bool("scrape_native_histograms", global.ScrapeNativeHistograms);
        ScrapeConfig config = new()
        {
            JobName = job,
            HonorLabels = section.Bool("honor_labels", false),
            HonorTimestamps = section.Bool("honor_timestamps", true),
            TrackTimestampsStaleness = section.Bool("track_timestamps_staleness", false),
            Params = ReadParams(section),
            ScrapeInterval = interval,
            ScrapeTimeout = ReadTimeout(section, interval, global, owner),
            ScrapeProtocols = ScrapeProtocol.ReadList(section, "scrape_protocols", owner)
                ?? InheritedProtocols(global, nativeHistograms),
            FallbackScrapeProtocol = ReadFallback(section, owner),
            ScrapeNativeHistograms = nativeHistograms,
            AlwaysScrapeClassicHistograms =
                section.Bool("always_scrape_classic_histograms", global.AlwaysScrapeClassicHistograms),
            ConvertClassicHistogramsToNhcb =
                section.Bool("convert_classic_histograms_to_nhcb", global.ConvertClassicHistogramsToNhcb),
            ExtraScrapeMetrics = section.Bool("extra_scrape_metrics", global.ExtraScrapeMetrics),
            ScrapeFailureLogFile = OrInherited(section.FilePath("scrape_failure_log_file"), global.ScrapeFailureLogFile),
            MetricsPath = section.Text("metrics_path", "/metrics"),
            Scheme = section.Choice("scheme", "http", "http", "https"),
            EnableCompression = section.Bool("enable_compression", true),
            MetricNameValidationScheme = validation,
            MetricNameEscapingScheme = ReadEscaping(section, global, validation),
            RelabelRules = RelabelReader.Read(
                section, "relabel_configs", "empty or null target relabeling rule in scrape config", validation == NameSchemes.Utf8),
            MetricRelabelRules = RelabelReader.Read(
                section, "metric_relabel_configs", "empty or null metric relabeling rule in scrape config", validation == NameSchemes.Utf8),
            HttpClient = HttpClientConfigReader.Read(section),
        };
        config = WithLimits(config, section, global);
        config = config with { Discovery = DiscoveryReader.Read(section, validation) };
        CheckTargets(section, config);
        section.End();
        return config;
    }

    private static ScrapeConfig WithLimits(ScrapeConfig config, ConfigSection section, GlobalConfig global)
    {
        ByteSize bodySize = section.Size("body_size_limit", default);
        return config with
        {
            BodySizeLimit = bodySize.Bytes == 0 ? global.BodySizeLimit : bodySize,
            SampleLimit = Limit(section, "sample_limit", global.SampleLimit),
            SeriesLimit = section.UnsignedNumber("series_limit", 0),
            TargetLimit = Limit(section, "target_limit", global.TargetLimit),
            LabelLimit = Limit(section, "label_limit", global.LabelLimit),
            LabelNameLengthLimit = Limit(section, "label_name_length_limit", global.LabelNameLengthLimit),
            LabelValueLengthLimit = Limit(section, "label_value_length_limit", global.LabelValueLengthLimit),
            NativeHistogramBucketLimit = Limit(section, "native_histogram_bucket_limit", 0),
            NativeHistogramMinBucketFactor = section.Float("native_histogram_min_bucket_factor", 0),
            KeepDroppedTargets = Limit(section, "keep_dropped_targets", global.KeepDroppedTargets),
        };
    }

    private static ulong Limit(ConfigSection section, string key, ulong inherited)
    {
        ulong own = section.UnsignedNumber(key, 0);
        return own == 0 ? inherited : own;
    }

    private static string OrInherited(string own, string inherited) => own.Length == 0 ? inherited : own;

    private static TimeSpan ReadTimeout(ConfigSection section, TimeSpan interval, GlobalConfig global, string owner)
    {
        TimeSpan timeout = section.Duration("scrape_timeout", TimeSpan.Zero);
        if (timeout > interval)
        {
            section.Fail(
                "scrape_timeout", $"scrape timeout greater than scrape interval for {owner}",
                PrometheusDuration.Format(timeout), $"up to scrape_interval, {PrometheusDuration.Format(interval)}");
            return interval;
        }

        if (timeout == TimeSpan.Zero)
        {
            return global.ScrapeTimeout > interval ? interval : global.ScrapeTimeout;
        }

        return timeout;
    }

    /// <summary>The global list, unless it is the default one and this job wants native histograms, or wants them no longer.</summary>
    private static IReadOnlyList<string> InheritedProtocols(GlobalConfig global, bool nativeHistograms)
    {
        bool globalIsDefault = ReferenceEquals(global.ScrapeProtocols, ScrapeProtocol.Defaults)
            || ReferenceEquals(global.ScrapeProtocols, ScrapeProtocol.DefaultsWithNativeHistograms);
        if (!globalIsDefault)
        {
            return global.ScrapeProtocols;
        }

        return nativeHistograms ? ScrapeProtocol.DefaultsWithNativeHistograms : ScrapeProtocol.Defaults;
    }

    private static string ReadFallback(ConfigSection section, string owner)
    {
        string fallback = section.Text("fallback_scrape_protocol");
        if (fallback.Length > 0 && ScrapeProtocol.Problem(fallback) is { } problem)
        {
            section.Fail("fallback_scrape_protocol", $"invalid fallback_scrape_protocol for {owner}: {problem}", fallback);
            return "";
        }

        return fallback;
    }

    private static string ReadEscaping(ConfigSection section, GlobalConfig global, string validation)
    {
        string? own = GlobalConfigReader.ReadEscapingScheme(section, "scrape config");
        if (own is null)
        {
            // Names outside the old alphabet cannot be asked for where they are not valid.
            return validation == NameSchemes.Legacy && global.MetricNameEscapingScheme == NameSchemes.AllowUtf8
                ? NameSchemes.Underscores
                : global.MetricNameEscapingScheme;
        }

        if (own == NameSchemes.AllowUtf8 && validation != NameSchemes.Utf8)
        {
            section.Fail(
                "metric_name_escaping_scheme", "utf8 metric names requested but validation scheme is not set to UTF8",
                own, "underscores, dots, values");
        }

        return own;
    }

    private static List<KeyValuePair<string, IReadOnlyList<string>>> ReadParams(ConfigSection section)
    {
        List<KeyValuePair<string, IReadOnlyList<string>>> parameters = [];
        foreach ((string name, IReadOnlyList<string> values) in section.TextsMap("params"))
        {
            parameters.Add(new(name, values));
        }

        return parameters;
    }

    /// <summary>A URL as a target is the classic mistake; without relabelling nothing could mend it.</summary>
    private static void CheckTargets(ConfigSection section, ScrapeConfig config)
    {
        if (config.RelabelRules.Count > 0)
        {
            return;
        }

        foreach (StaticConfig group in config.Discovery.Static)
        {
            foreach (string target in group.Targets)
            {
                if (target.Contains('/', StringComparison.Ordinal))
                {
                    section.Fail("static_configs", $"\"{target}\" is not a valid hostname", target, "host:port");
                }
            }
        }
    }
}
