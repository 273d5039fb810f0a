using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Prints one scrape configuration.</summary>
internal static class ScrapeConfigYaml
{
    public static void Write(YamlWriter yaml, ScrapeConfig config)
    {
        yaml.Text("job_name", config.JobName);
        yaml.BoolIfTrue("honor_labels", config.HonorLabels);
        yaml.Bool("honor_timestamps", config.HonorTimestamps);
        yaml.Bool("track_timestamps_staleness", config.TrackTimestampsStaleness);
        yaml.Section("params", () =>
        {
            foreach ((string name, IReadOnlyList<string> values) in config.Params)
            {
                yaml.Texts(name, values);
            }
        });
        yaml.Duration("scrape_interval", config.ScrapeInterval);
        yaml.Duration("scrape_timeout", config.ScrapeTimeout);
        yaml.Texts("scrape_protocols", config.ScrapeProtocols);
        yaml.TextUnlessEmpty("fallback_scrape_protocol", config.FallbackScrapeProtocol);
        yaml.BoolIfTrue("scrape_native_histograms", config.ScrapeNativeHistograms);
        yaml.Bool("always_scrape_classic_histograms", config.AlwaysScrapeClassicHistograms);
        yaml.Bool("convert_classic_histograms_to_nhcb", config.ConvertClassicHistogramsToNhcb);
        yaml.BoolIfTrue("extra_scrape_metrics", config.ExtraScrapeMetrics);
        yaml.TextUnlessEmpty("scrape_failure_log_file", config.ScrapeFailureLogFile);
        yaml.Text("metrics_path", config.MetricsPath);
        yaml.Text("scheme", config.Scheme);
        yaml.Bool("enable_compression", config.EnableCompression);
        WriteLimits(yaml, config);
        yaml.Text("metric_name_validation_scheme", config.MetricNameValidationScheme);
        yaml.Text("metric_name_escaping_scheme", config.MetricNameEscapingScheme);
        HttpClientConfigYaml.Write(yaml, config.HttpClient);
        AgentConfigYaml.WriteRules(yaml, "relabel_configs", config.RelabelRules);
        AgentConfigYaml.WriteRules(yaml, "metric_relabel_configs", config.MetricRelabelRules);
        DiscoveryConfigsYaml.Write(yaml, config.Discovery);
    }

    private static void WriteLimits(YamlWriter yaml, ScrapeConfig config)
    {
        yaml.SizeUnlessZero("body_size_limit", config.BodySizeLimit);
        yaml.NumberUnlessZero("sample_limit", config.SampleLimit);
        yaml.NumberUnlessZero("series_limit", config.SeriesLimit);
        yaml.NumberUnlessZero("target_limit", config.TargetLimit);
        yaml.NumberUnlessZero("label_limit", config.LabelLimit);
        yaml.NumberUnlessZero("label_name_length_limit", config.LabelNameLengthLimit);
        yaml.NumberUnlessZero("label_value_length_limit", config.LabelValueLengthLimit);
        yaml.NumberUnlessZero("native_histogram_bucket_limit", config.NativeHistogramBucketLimit);
        yaml.FloatUnlessZero("native_histogram_min_bucket_factor", config.NativeHistogramMinBucketFactor);
        yaml.NumberUnlessZero("keep_dropped_targets", config.KeepDroppedTargets);
    }
}
