using System.Linq;
using System.Text.RegularExpressions;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Our /metrics beside those of Debian's Prometheus as an agent, both with the same configuration.</summary>
public sealed partial class AgentMetricsTests
{
    /// <summary>What Prometheus's agent counts and we do not, and why.</summary>
    private static readonly Dictionary<string, string> s_notOffered = new()
    {
        ["prometheus_agent_checkpoint_.*"] = "the buffer's segments describe themselves, so there are no checkpoints",
        ["prometheus_agent_truncate_duration_seconds"] = "truncation is the deletion of a file",
        ["prometheus_agent_data_replay_duration_seconds"] = "nothing is replayed at the start",
        ["prometheus_agent_deleted_series"] = "a series is forgotten with its last segment",
        ["prometheus_agent_clean_start"] = "a second agent on the folder is refused; nothing is to be known afterwards",
        ["prometheus_agent_corruptions_total"] = "ampedge_remote_write_corrupt_bytes_total counts them by destination",
        ["prometheus_agent_out_of_order_samples_total"] = "order is kept by series, so none is rejected for it",
        ["prometheus_remote_storage_string_interner_.*"] = "labels are kept as bytes, without an interner",
        ["prometheus_remote_storage_(exemplars|histograms)_(in_total|pending|dropped_total)"] =
            "exemplars and histograms queue with the samples and are counted among them there",
        ["prometheus_target_scrapes_cache_flush_forced_total"] = "the line cache forgets by page, not by force",
        ["prometheus_target_scrapes_exemplar_out_of_order_total"] = "order of exemplars is the destination's business",
        ["prometheus_remote_storage_samples_dropped_total"] = "has a label for the reason in newer releases, as here",
        ["prometheus_sd_azure_failures_total"] = "not offered",
        ["prometheus_sd_file_mtime_seconds"] = "is there for each file that is watched; this config watches none",
        ["prometheus_sd_file_scan_duration_seconds"] = "a histogram here, a summary there",
    };

    [Fact]
    public async Task What_prometheus_counts_of_scraping_discovery_and_sending_has_the_same_names_and_labels_here()
    {
        using WorkingFolder folder = new();
        using WorkingFolder otherFolder = new();
        using ScriptedTarget target = new(_ => "# HELP a_total A.\n# TYPE a_total counter\na_total 1\n");
        string config = $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: one
                static_configs:
                  - targets: ["{{target.Address}}"]
            remote_write:
              - url: http://127.0.0.1:9/write
                name: nowhere
            """;
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, config);
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAgentAsync(otherFolder, config);
        Dictionary<string, string> expected = await SettledAsync(prometheus);
        Dictionary<string, string> actual = await SettledAsync(agent);

        List<string> differences = [];
        foreach ((string name, string labels) in expected.Where(metric => Family().IsMatch(metric.Key)))
        {
            string known = actual.GetValueOrDefault(name) ?? "(absent)";
            if (known != labels && !s_notOffered.Keys.Any(pattern => Regex.IsMatch(name, $"^{pattern}(_sum|_count)?$")))
            {
                differences.Add($"{name}: labels {known}, Prometheus has {labels}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>The expressions of Prometheus's own dashboards and alerts that concern an agent use these.</summary>
    [Theory]
    [InlineData("prometheus_build_info", "branch,goarch,goos,goversion,revision,tags,version")]
    [InlineData("prometheus_config_last_reload_successful", "")]
    [InlineData("prometheus_ready", "")]
    [InlineData("prometheus_remote_storage_bytes_total", "remote_name,url")]
    [InlineData("prometheus_remote_storage_enqueue_retries_total", "remote_name,url")]
    [InlineData("prometheus_remote_storage_highest_timestamp_in_seconds", "")]
    [InlineData("prometheus_remote_storage_max_samples_per_send", "remote_name,url")]
    [InlineData("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", "remote_name,url")]
    [InlineData("prometheus_remote_storage_queue_highest_timestamp_seconds", "remote_name,url")]
    [InlineData("prometheus_remote_storage_samples_dropped_total", "reason,remote_name,url")]
    [InlineData("prometheus_remote_storage_samples_failed_total", "remote_name,url")]
    [InlineData("prometheus_remote_storage_samples_in_total", "")]
    [InlineData("prometheus_remote_storage_samples_pending", "remote_name,url")]
    [InlineData("prometheus_remote_storage_samples_retried_total", "remote_name,url")]
    [InlineData("prometheus_remote_storage_samples_total", "remote_name,url")]
    [InlineData("prometheus_remote_storage_shard_capacity", "remote_name,url")]
    [InlineData("prometheus_remote_storage_shards", "remote_name,url")]
    [InlineData("prometheus_remote_storage_shards_desired", "remote_name,url")]
    [InlineData("prometheus_remote_storage_shards_max", "remote_name,url")]
    [InlineData("prometheus_remote_storage_shards_min", "remote_name,url")]
    [InlineData("prometheus_sd_discovered_targets", "config,name")]
    [InlineData("prometheus_sd_failed_configs", "name")]
    [InlineData("prometheus_sd_kubernetes_failures_total", "")]
    [InlineData("prometheus_target_interval_length_seconds_sum", "interval")]
    [InlineData("prometheus_target_interval_length_seconds_count", "interval")]
    [InlineData("prometheus_target_metadata_cache_entries", "scrape_job")]
    [InlineData("prometheus_target_scrape_pool_exceeded_label_limits_total", "")]
    [InlineData("prometheus_target_scrape_pool_exceeded_target_limit_total", "")]
    [InlineData("prometheus_target_scrapes_exceeded_body_size_limit_total", "")]
    [InlineData("prometheus_target_scrapes_exceeded_sample_limit_total", "")]
    [InlineData("prometheus_target_scrapes_sample_duplicate_timestamp_total", "")]
    [InlineData("prometheus_target_scrapes_sample_out_of_bounds_total", "")]
    [InlineData("prometheus_target_scrapes_sample_out_of_order_total", "")]
    [InlineData("prometheus_target_sync_failed_total", "scrape_job")]
    [InlineData("prometheus_tsdb_wal_segment_current", "")]
    [InlineData("prometheus_wal_watcher_current_segment", "consumer")]
    [InlineData("prometheus_target_sync_length_seconds_sum", "scrape_job")]
    [InlineData("process_cpu_seconds_total", "")]
    [InlineData("process_open_fds", "")]
    [InlineData("process_resident_memory_bytes", "")]
    [InlineData("process_start_time_seconds", "")]
    public async Task What_dashboards_and_alerts_ask_for_is_there(string name, string labels)
    {
        Dictionary<string, string> metrics = await s_page.Value;

        Assert.Equal(labels, metrics.GetValueOrDefault(name));
    }

    /// <summary>One agent for all names.</summary>
    private static readonly Lazy<Task<Dictionary<string, string>>> s_page = new(async () =>
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(_ => "a 1\n");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $$"""
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: one
                static_configs:
                  - targets: ["{{target.Address}}"]
            remote_write:
              - url: http://127.0.0.1:9/write
            """);
        return await SettledAsync(agent);
    });

    /// <summary>Names with their label names, once the target was scraped twice, so that every family has its children.</summary>
    private static async Task<Dictionary<string, string>> SettledAsync(RunningProgram program)
    {
        Dictionary<string, string> metrics = [];
        await Eventually.TrueAsync(
            async () =>
            {
                metrics = Read(await program.GetAsync("/metrics"));
                return metrics.ContainsKey("prometheus_target_interval_length_seconds_count");
            },
            () => program.Describe("no target was scraped twice"));
        return metrics;
    }

    private static Dictionary<string, string> Read(string page)
    {
        Dictionary<string, string> metrics = [];
        foreach (Match line in Sample().Matches(page))
        {
            IEnumerable<string> labels = Label().Matches(line.Groups[2].Value).Select(label => label.Groups[1].Value);
            metrics.TryAdd(line.Groups[1].Value, string.Join(',', labels.Order(StringComparer.Ordinal)));
        }

        return metrics;
    }

    [GeneratedRegex(@"^([a-z0-9_]+)(\{[^\n]*\})? [^\n]+$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"[{,]([a-z_]+)=""")]
    private static partial Regex Label();

    /// <summary>Buckets are our own choice of bounds, and quantiles share their name with the summary.</summary>
    [GeneratedRegex("^(prometheus_(target|sd|remote_storage|agent|config)_.*|prometheus_ready|process_.*)(?<!_bucket)$")]
    private static partial Regex Family();
}
