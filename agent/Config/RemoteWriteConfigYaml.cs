using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Prints one destination.</summary>
internal static class RemoteWriteConfigYaml
{
    public static void Write(YamlWriter yaml, RemoteWriteConfig config)
    {
        yaml.Url("url", config.Url.OriginalString);
        yaml.Duration("remote_timeout", config.RemoteTimeout);
        yaml.TextMap("headers", config.Headers);
        AgentConfigYaml.WriteRules(yaml, "write_relabel_configs", config.WriteRelabelRules);
        yaml.TextUnlessEmpty("name", config.Name);
        yaml.BoolIfTrue("send_exemplars", config.SendExemplars);
        yaml.BoolIfTrue("send_native_histograms", config.SendNativeHistograms);
        yaml.BoolIfTrue("round_robin_dns", config.RoundRobinDns);
        yaml.Text("protobuf_message", config.ProtobufMessage);
        HttpClientConfigYaml.Write(yaml, config.HttpClient);
        yaml.Section("queue_config", () => WriteQueue(yaml, config));
        yaml.Section("metadata_config", () => yaml
            .Bool("send", config.Metadata.Send)
            .Duration("send_interval", config.Metadata.SendInterval)
            .Number("max_samples_per_send", config.Metadata.MaxSamplesPerSend));
        if (config.SigV4 is { } sigV4)
        {
            yaml.Section("sigv4", () => WriteSigV4(yaml, sigV4));
        }
    }

    private static void WriteQueue(YamlWriter yaml, RemoteWriteConfig config)
    {
        QueueConfig queue = config.Queue;
        yaml.Number("capacity", queue.Capacity);
        yaml.Number("max_shards", queue.MaxShards);
        yaml.Number("min_shards", queue.MinShards);
        yaml.Number("max_samples_per_send", queue.MaxSamplesPerSend);
        yaml.Duration("batch_send_deadline", queue.BatchSendDeadline);
        yaml.Duration("min_backoff", queue.MinBackoff);
        yaml.Duration("max_backoff", queue.MaxBackoff);
        yaml.BoolIfTrue("retry_on_http_429", queue.RetryOnHttp429 == true);
        if (queue.SampleAgeLimit != TimeSpan.Zero || QueueConfig.AgeLimitOf(config.Url) != TimeSpan.Zero)
        {
            yaml.Duration("sample_age_limit", queue.SampleAgeLimit);
        }

        yaml.SizeUnlessZero("max_bytes_per_send", queue.MaxBytesPerSend == new QueueConfig().MaxBytesPerSend ? default : queue.MaxBytesPerSend);
        yaml.NumberUnlessZero("max_samples_per_second", (ulong)queue.MaxSamplesPerSecond);
        yaml.NumberUnlessZero("max_series", (ulong)queue.MaxSeries);
        yaml.NumberUnlessZero("significant_figures", (ulong)queue.SignificantFigures);
        if (queue.RoundDigits is { } digits)
        {
            yaml.Number("round_digits", digits);
        }

        yaml.SizeUnlessZero("buffer_max_bytes", queue.BufferMaxBytes);
        yaml.DurationUnlessZero("buffer_max_age", queue.BufferMaxAge);
    }

    private static void WriteSigV4(YamlWriter yaml, SigV4Config sigV4)
    {
        yaml.Text("region", sigV4.Region);
        yaml.TextUnlessEmpty("access_key", sigV4.AccessKey);
        yaml.Secret("secret_key", sigV4.SecretKey);
        yaml.TextUnlessEmpty("profile", sigV4.Profile);
        yaml.TextUnlessEmpty("role_arn", sigV4.RoleArn);
        yaml.TextUnlessEmpty("external_id", sigV4.ExternalId);
        yaml.BoolIfTrue("use_fips_sts_endpoint", sigV4.UseFipsStsEndpoint);
    }
}
