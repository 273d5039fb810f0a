using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>Reads the <c>global</c> section.</summary>
internal static class GlobalConfigReader
{
    public static GlobalConfig Read(ConfigSection root, EnvironmentExpansion environment, GlobalConfig defaults)
    {
        if (root.Section("global", "config.plain") is not { } section)
        {
            return defaults;
        }

        string validation = ReadValidationScheme(section, NameSchemes.Utf8, "global");
        bool nativeHistograms = section.Bool("scrape_native_histograms", defaults.ScrapeNativeHistograms);
        TimeSpan interval = OrDefault(section.OptionalDuration("scrape_interval"), GlobalConfig.DefaultScrapeInterval);
        GlobalConfig config = new()
        {
            ScrapeInterval = interval,
            ScrapeTimeout = ReadTimeout(section, interval),
            ScrapeProtocols = ScrapeProtocol.ReadList(section, "scrape_protocols", "global config")
                ?? (nativeHistograms ? ScrapeProtocol.DefaultsWithNativeHistograms : ScrapeProtocol.Defaults),
            EvaluationInterval = OrDefault(section.OptionalDuration("evaluation_interval"), TimeSpan.FromMinutes(1)),
            ExternalLabels = ReadExternalLabels(section, validation, environment),
            BodySizeLimit = section.Size("body_size_limit", default),
            SampleLimit = section.UnsignedNumber("sample_limit", 0),
            TargetLimit = section.UnsignedNumber("target_limit", 0),
            LabelLimit = section.UnsignedNumber("label_limit", 0),
            LabelNameLengthLimit = section.UnsignedNumber("label_name_length_limit", 0),
            LabelValueLengthLimit = section.UnsignedNumber("label_value_length_limit", 0),
            KeepDroppedTargets = section.UnsignedNumber("keep_dropped_targets", 0),
            ScrapeFailureLogFile = section.FilePath("scrape_failure_log_file"),
            MetricNameValidationScheme = validation,
            MetricNameEscapingScheme = ReadEscapingScheme(section, "global")
                ?? (validation == NameSchemes.Legacy ? NameSchemes.Underscores : NameSchemes.AllowUtf8),
            AlwaysScrapeClassicHistograms = section.Bool("always_scrape_classic_histograms", false),
            ConvertClassicHistogramsToNhcb = section.Bool("convert_classic_histograms_to_nhcb", false),
            ScrapeNativeHistograms = nativeHistograms,
            ExtraScrapeMetrics = section.Bool("extra_scrape_metrics", defaults.ExtraScrapeMetrics),
        };
        // Of rules and queries, which an agent has not; accepted because shared files name them.
        section.Duration("rule_query_offset", default);
        section.Text("query_log_file");
        section.End();
        return config;
    }

    /// <summary><c>utf8</c> or <c>legacy</c>.</summary>
    public static string ReadValidationScheme(ConfigSection section, string inherited, string owner)
    {
        string scheme = section.Text("metric_name_validation_scheme");
        if (scheme is NameSchemes.Utf8 or NameSchemes.Legacy)
        {
            return scheme;
        }

        if (scheme.Length > 0)
        {
            section.Fail(
                "metric_name_validation_scheme",
                $"unknown {owner} name validation method specified, must be either '', 'legacy' or 'utf8', got {scheme}",
                scheme, "legacy, utf8");
        }

        return inherited;
    }

    /// <summary>Null when absent or wrong.</summary>
    public static string? ReadEscapingScheme(ConfigSection section, string owner)
    {
        string scheme = section.Text("metric_name_escaping_scheme");
        if (NameSchemes.IsEscaping(scheme))
        {
            return scheme;
        }

        if (scheme.Length > 0)
        {
            section.Fail(
                "metric_name_escaping_scheme",
                $"unknown {owner} name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or 'values', got \"{scheme}\"",
                scheme, "allow-utf-8, underscores, dots, values");
        }

        return null;
    }

    private static TimeSpan ReadTimeout(ConfigSection section, TimeSpan interval)
    {
        TimeSpan timeout = section.Duration("scrape_timeout", TimeSpan.Zero);
        if (timeout > interval)
        {
            section.Fail(
                "scrape_timeout", "global scrape timeout greater than scrape interval", PrometheusDuration.Format(timeout),
                $"up to scrape_interval, {PrometheusDuration.Format(interval)}");
            return interval;
        }

        if (timeout == TimeSpan.Zero)
        {
            return GlobalConfig.DefaultScrapeTimeout > interval ? interval : GlobalConfig.DefaultScrapeTimeout;
        }

        return timeout;
    }

    private static Labels ReadExternalLabels(
        ConfigSection section, string validation, EnvironmentExpansion environment)
    {
        LabelsBuilder labels = new();
        foreach ((string name, string value) in LabelMapReader.Read(section, "external_labels", validation))
        {
            labels.Set(name, environment.Expand(value, out IReadOnlyList<string> unset));
            foreach (string variable in unset)
            {
                section.Fail("external_labels", $"environment variable {variable} is not set", value, "a set variable, or $$ for a dollar sign");
            }
        }

        return labels.Build();
    }

    private static TimeSpan OrDefault(TimeSpan? given, TimeSpan defaultValue) =>
        given is { } value && value > TimeSpan.Zero ? value : defaultValue;
}
