using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>Prints a loaded configuration as YAML in Prometheus's key order, every default filled in, secrets hidden.</summary>
internal static class AgentConfigYaml
{
    /// <summary>The whole configuration, for <c>/config</c> and <c>/api/v1/status/config</c>.</summary>
    public static string Print(AgentConfig config)
    {
        YamlWriter yaml = new();
        yaml.Section("global", () => WriteGlobal(yaml, config.Global));
        yaml.Texts("scrape_config_files", config.ScrapeConfigFiles);
        yaml.Items("scrape_configs", config.ScrapeConfigs, scrape => ScrapeConfigYaml.Write(yaml, scrape));
        yaml.Items("remote_write", config.RemoteWrites, write => RemoteWriteConfigYaml.Write(yaml, write));
        return yaml.ToString();
    }

    /// <summary>
    /// Everything that a job depends on, its secrets included: equal texts mean that a reload need not touch the job.
    /// Never to be shown.
    /// </summary>
    public static string Signature(ScrapeConfig config)
    {
        YamlWriter yaml = new() { RevealSecrets = true };
        ScrapeConfigYaml.Write(yaml, config);
        return yaml.ToString();
    }

    /// <summary>The same for a destination.</summary>
    public static string Signature(RemoteWriteConfig config)
    {
        YamlWriter yaml = new() { RevealSecrets = true };
        RemoteWriteConfigYaml.Write(yaml, config);
        return yaml.ToString();
    }

    /// <summary>The same for the ways in which a job finds its targets.</summary>
    public static string Signature(DiscoveryConfigs configs)
    {
        YamlWriter yaml = new() { RevealSecrets = true };
        DiscoveryConfigsYaml.Write(yaml, configs);
        return yaml.ToString();
    }

    /// <summary>Relabel rules as they were written, defaults filled in.</summary>
    public static void WriteRules(YamlWriter yaml, string key, IReadOnlyList<RelabelRule> rules) =>
        yaml.Items(key, rules, rule => WriteRule(yaml, rule.Config));

    private static void WriteRule(YamlWriter yaml, RelabelConfig rule)
    {
        yaml.Texts("source_labels", rule.SourceLabels);
        yaml.Text("separator", rule.Separator);
        yaml.Text("regex", rule.Regex);
        yaml.NumberUnlessZero("modulus", rule.Modulus);
        yaml.TextUnlessEmpty("target_label", rule.TargetLabel);
        yaml.Text("replacement", rule.Replacement);
        yaml.Text("action", RelabelRule.NameOf(rule.Action));
    }

    private static void WriteGlobal(YamlWriter yaml, GlobalConfig global)
    {
        yaml.Duration("scrape_interval", global.ScrapeInterval);
        yaml.Duration("scrape_timeout", global.ScrapeTimeout);
        yaml.Texts("scrape_protocols", global.ScrapeProtocols);
        yaml.Duration("evaluation_interval", global.EvaluationInterval);
        yaml.TextMap("external_labels", Pairs(global.ExternalLabels));
        yaml.TextUnlessEmpty("scrape_failure_log_file", global.ScrapeFailureLogFile);
        yaml.SizeUnlessZero("body_size_limit", global.BodySizeLimit);
        yaml.NumberUnlessZero("sample_limit", global.SampleLimit);
        yaml.NumberUnlessZero("target_limit", global.TargetLimit);
        yaml.NumberUnlessZero("label_limit", global.LabelLimit);
        yaml.NumberUnlessZero("label_name_length_limit", global.LabelNameLengthLimit);
        yaml.NumberUnlessZero("label_value_length_limit", global.LabelValueLengthLimit);
        yaml.NumberUnlessZero("keep_dropped_targets", global.KeepDroppedTargets);
        yaml.Text("metric_name_validation_scheme", global.MetricNameValidationScheme);
        yaml.Text("metric_name_escaping_scheme", global.MetricNameEscapingScheme);
        yaml.BoolIfTrue("scrape_native_histograms", global.ScrapeNativeHistograms);
        yaml.BoolIfTrue("convert_classic_histograms_to_nhcb", global.ConvertClassicHistogramsToNhcb);
        yaml.BoolIfTrue("always_scrape_classic_histograms", global.AlwaysScrapeClassicHistograms);
        yaml.BoolIfTrue("extra_scrape_metrics", global.ExtraScrapeMetrics);
    }

    private static List<KeyValuePair<string, string>> Pairs(Labels labels)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (LabelPair label in labels)
        {
            pairs.Add(new(System.Text.Encoding.UTF8.GetString(label.Name), System.Text.Encoding.UTF8.GetString(label.Value)));
        }

        return pairs;
    }
}
