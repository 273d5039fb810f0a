using System.Globalization;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Reads <c>queue_config</c> and <c>metadata_config</c> of a destination.</summary>
internal static class QueueConfigReader
{
    /// <summary>Room for one series with long labels.</summary>
    private const long MinBytesPerSend = 16 << 10;

    /// <summary>What receivers take uncompressed at most.</summary>
    private const long MaxBytesPerSend = 32 << 20;

    /// <param name="parent">The destination's entry.</param>
    /// <param name="url">Where it sends to, which may say what is taken there.</param>
    /// <param name="buffer">The bounds of the whole buffer.</param>
    public static QueueConfig Read(ConfigSection parent, Uri url, BufferOptions buffer)
    {
        QueueConfig defaults = new() { SampleAgeLimit = QueueConfig.AgeLimitOf(url) };
        if (parent.Section("queue_config", "config.QueueConfig") is not { } section)
        {
            return defaults;
        }

        QueueConfig config = new()
        {
            Capacity = Positive(section, "capacity", defaults.Capacity),
            MaxShards = Positive(section, "max_shards", defaults.MaxShards),
            MinShards = Positive(section, "min_shards", defaults.MinShards),
            MaxSamplesPerSend = Positive(section, "max_samples_per_send", defaults.MaxSamplesPerSend),
            BatchSendDeadline = section.Duration("batch_send_deadline", defaults.BatchSendDeadline),
            MinBackoff = section.Duration("min_backoff", defaults.MinBackoff),
            MaxBackoff = section.Duration("max_backoff", defaults.MaxBackoff),
            RetryOnHttp429 = section.OptionalBool("retry_on_http_429"),
            SampleAgeLimit = section.Duration("sample_age_limit", defaults.SampleAgeLimit),
            MaxBytesPerSend = section.Size("max_bytes_per_send", defaults.MaxBytesPerSend),
            MaxSamplesPerSecond = section.Int("max_samples_per_second", defaults.MaxSamplesPerSecond, 0),
            MaxSeries = section.Int("max_series", defaults.MaxSeries, 0),
            SignificantFigures = Within(section, "significant_figures", ValueRounding.MaxFigures) ?? 0,
            RoundDigits = Within(section, "round_digits", ValueRounding.MaxDigits),
            BufferMaxBytes = section.Size("buffer_max_bytes", defaults.BufferMaxBytes),
            BufferMaxAge = section.Duration("buffer_max_age", defaults.BufferMaxAge),
        };
        Validate(section, config);
        ValidateBounds(section, config, buffer);
        section.End();
        return config;
    }

    public static MetadataConfig ReadMetadata(ConfigSection parent)
    {
        MetadataConfig defaults = new();
        if (parent.Section("metadata_config", "config.MetadataConfig") is not { } section)
        {
            return defaults;
        }

        bool send = section.Bool("send", defaults.Send);
        MetadataConfig config = new()
        {
            Send = send,
            SendInterval = ReadSendInterval(section, defaults.SendInterval, send),
            MaxSamplesPerSend = section.Int("max_samples_per_send", defaults.MaxSamplesPerSend, 1),
        };
        section.End();
        return config;
    }

    /// <summary>An interval of zero would send without a pause.</summary>
    private static TimeSpan ReadSendInterval(ConfigSection section, TimeSpan defaultValue, bool isUsed)
    {
        TimeSpan interval = section.Duration("send_interval", defaultValue);
        if (interval > TimeSpan.Zero || !isUsed)
        {
            return interval;
        }

        section.Fail("send_interval", "metadata_config send_interval must be above 0", "0s", "a duration such as 30s or 1m");
        return defaultValue;
    }

    private static int Positive(ConfigSection section, string key, int defaultValue)
    {
        int value = section.Int(key, defaultValue);
        if (value > 0)
        {
            return value;
        }

        section.Fail(
            key, $"remote write queue {key} must be positive", value.ToString(CultureInfo.InvariantCulture),
            "a whole number from 1");
        return defaultValue;
    }

    /// <summary>A number from 0 to a bound, or null when there is none.</summary>
    private static int? Within(ConfigSection section, string key, int max)
    {
        if (section.Node(key) is null)
        {
            return null;
        }

        int value = section.Int(key, 0);
        if (value < 0 || value > max)
        {
            section.Fail(
                key, $"remote write queue {key} is out of range", value.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"0 to {max}"));
            return null;
        }

        return value;
    }

    private static void Validate(ConfigSection section, QueueConfig config)
    {
        if (config.MaxBytesPerSend.Bytes is < MinBytesPerSend or > MaxBytesPerSend)
        {
            section.Fail(
                "max_bytes_per_send", "remote write queue max_bytes_per_send is out of range",
                config.MaxBytesPerSend.ToString(), $"{new ByteSize(MinBytesPerSend)} to {new ByteSize(MaxBytesPerSend)}");
        }

        if (config.MaxBackoff < config.MinBackoff)
        {
            section.Fail(
                "max_backoff", "remote write queue max_backoff must not be less than min_backoff",
                PrometheusDuration.Format(config.MaxBackoff), $"{PrometheusDuration.Format(config.MinBackoff)} or more");
        }

        if (config.MaxShards < config.MinShards)
        {
            section.Fail(
                "max_shards", "remote write queue max_shards must not be less than min_shards",
                config.MaxShards.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{config.MinShards} or more"));
        }
    }

    /// <summary>The files of the buffer are shared: a destination's own bounds lie within those of the whole, and a file is the least.</summary>
    private static void ValidateBounds(ConfigSection section, QueueConfig config, BufferOptions buffer)
    {
        if (config.BufferMaxBytes.Bytes != 0
            && (config.BufferMaxBytes.Bytes < buffer.SegmentSizeBytes || config.BufferMaxBytes.Bytes > buffer.MaxBytes))
        {
            section.Fail(
                "buffer_max_bytes", "remote write queue buffer_max_bytes is out of range", config.BufferMaxBytes.ToString(),
                $"{new ByteSize(buffer.SegmentSizeBytes)} (--storage.agent.wal-segment-size) to "
                + $"{new ByteSize(buffer.MaxBytes)} (--buffer.max-bytes), or 0 for no bound of its own");
        }

        if (config.BufferMaxAge > buffer.MaxAge)
        {
            section.Fail(
                "buffer_max_age", "remote write queue buffer_max_age is out of range", PrometheusDuration.Format(config.BufferMaxAge),
                $"up to {PrometheusDuration.Format(buffer.MaxAge)} (--buffer.max-age), or 0 for no bound of its own");
        }
    }
}
