using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>Makes jobs for tests, by hand or from the JSON of the shared cases.</summary>
internal static class ScrapeJobs
{
    public static ScrapeJob Create(string name = "job") => new()
    {
        Name = name,
        Interval = TimeSpan.FromSeconds(1),
        Timeout = TimeSpan.FromMilliseconds(500),
        Fetch = new FetchOptions { Accept = AcceptHeader.For(ScrapeProtocol.Defaults, "allow-utf-8"), UserAgent = "test" },
        Loop = new ScrapeLoopOptions { Job = name },
        CreateClient = () => new HttpMessageInvoker(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }),
    };

    /// <summary>The loop that scrapes a target as the job says.</summary>
    public static ScrapeLoop Loop(
        ScrapeJob job, Target target, HttpMessageInvoker client, RecordingStore store, ManualTime time, TimeSpan timeout)
    {
        SampleLabels labels = new(
            target.PublicLabels, job.HonorLabels, job.Utf8Names, job.MetricRelabelRules, job.Limits);
        return new ScrapeLoop(
            job.Loop,
            target,
            new TargetFetcher(client, target.Url, timeout, job.Fetch, time),
            new ScrapeCache(store, labels, target.Metadata, job.Samples),
            store,
            new SampleBatchPool(),
            new ScrapeMetrics(new MetricRegistry()),
            time,
            NullLogger.Instance);
    }

    /// <summary>The relabel rules of a JSON list in the words of the configuration.</summary>
    public static RelabelRule[] Rules(JsonElement config, string key)
    {
        List<RelabelRule> rules = [];
        if (config.TryGetProperty(key, out JsonElement list))
        {
            foreach (JsonElement rule in list.EnumerateArray())
            {
                rules.Add(RelabelRule.Compile(Rule(rule)));
            }
        }

        return [.. rules];
    }

    public static Labels LabelsOf(JsonElement labels)
    {
        LabelsBuilder builder = new();
        foreach (JsonProperty label in labels.EnumerateObject())
        {
            builder.Set(label.Name, label.Value.GetString()!);
        }

        return builder.Build();
    }

    private static RelabelConfig Rule(JsonElement rule)
    {
        RelabelConfig config = new();
        foreach (JsonProperty property in rule.EnumerateObject())
        {
            config = property.Name switch
            {
                "source_labels" => config with { SourceLabels = Texts(property.Value) },
                "separator" => config with { Separator = property.Value.GetString()! },
                "regex" => config with { Regex = property.Value.GetString()! },
                "modulus" => config with { Modulus = property.Value.GetUInt64() },
                "target_label" => config with { TargetLabel = property.Value.GetString()! },
                "replacement" => config with { Replacement = property.Value.GetString()! },
                "action" => config with { Action = Enum.Parse<RelabelAction>(property.Value.GetString()!, true) },
                _ => throw new InvalidOperationException($"unknown key {property.Name} in a relabel rule"),
            };
        }

        return config;
    }

    public static List<string> Texts(JsonElement list)
    {
        List<string> texts = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            texts.Add(item.GetString()!);
        }

        return texts;
    }
}
