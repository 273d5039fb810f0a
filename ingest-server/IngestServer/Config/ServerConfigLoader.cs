using System.Buffers;
using AmpEdge.Hosting;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Config;

/// <summary>Reads the configuration file into records and reports everything that is wrong with it at once.</summary>
internal sealed class ServerConfigLoader
{
    private static readonly SearchValues<char> s_regionLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> s_idLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    private readonly ConfigErrors _errors = new();
    private readonly string _file;

    private ServerConfigLoader(string file) => _file = file;

    /// <summary>Reads a file; the result holds a configuration or at least one problem.</summary>
    public static ConfigResult<ServerConfig> Load(string file)
    {
        ServerConfigLoader loader = new(file);
        YamlNode? root = YamlReader.ReadFile(file, loader._errors);
        return loader.Finish(root);
    }

    /// <summary>Reads a text; <paramref name="file"/> is named in problems and is where relative paths begin.</summary>
    public static ConfigResult<ServerConfig> Parse(string file, string yaml)
    {
        ServerConfigLoader loader = new(file);
        YamlNode? root = YamlReader.Read(file, yaml, loader._errors);
        return loader.Finish(root);
    }

    private ConfigResult<ServerConfig> Finish(YamlNode? root)
    {
        ConfigSection? section = root is null ? null : ConfigSection.OpenRoot(_file, root, "server", _errors);
        ServerConfig? config = section is null ? null : ReadServer(section);
        return new ConfigResult<ServerConfig>(_errors.Count == 0 ? config : null, _errors.Problems);
    }

    private ServerConfig ReadServer(ConfigSection section)
    {
        ServerConfig defaults = new();
        string region = section.Text("region", defaults.Region);
        if (!IsRegion(region))
        {
            section.Fail("region", "is not a region", region, "letters, digits and dashes, such as eu-central-1");
        }

        string account = section.Text("account", defaults.Account);
        if (account.Length != 12 || account.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            section.Fail("account", "is not an account id", account, "12 digits, in quotes when they begin with 0");
        }

        IngestLimits limits = ReadLimits(section.Section("limits", "limits"), defaults.Limits);
        StorageConfig storage = ReadStorage(section.Section("storage", "storage"));
        ServerConfig config = new()
        {
            Region = region,
            Account = account,
            QueryLogFile = section.FilePath("query_log_file"),
            Limits = limits,
            Storage = storage,
            Workspaces = ReadWorkspaces(section, limits, storage.Retention),
            Principals = new PrincipalReader(_file, account).ReadAll(section),
        };
        section.End();
        return config;
    }

    private static List<WorkspaceConfig> ReadWorkspaces(
        ConfigSection root, IngestLimits limits, RetentionConfig retention)
    {
        const int MaxAliasLength = 100;
        List<WorkspaceConfig> workspaces = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections("workspaces", "workspace", "empty workspace"))
        {
            string id = section.Text("id");
            if (!IsWorkspaceId(id))
            {
                section.Fail(
                    "id", id.Length == 0 ? "is missing" : "is not a workspace id", id,
                    "1 to 64 letters, digits, dots, dashes and underscores that begin with a letter or digit");
            }
            else if (!ids.Add(id))
            {
                section.Fail("id", "is used by another workspace", id, "an id of its own");
            }

            string alias = section.Text("alias").Trim();
            if (alias.Length > MaxAliasLength)
            {
                section.Fail("alias", "is too long", alias, $"at most {MaxAliasLength} characters");
            }

            workspaces.Add(new WorkspaceConfig
            {
                Id = id,
                Alias = alias,
                Limits = ReadLimits(section.Section("limits", "limits"), limits),
                Retention = ReadWorkspaceStorage(section.Section("storage", "storage"), retention),
            });
            section.End();
        }

        return workspaces;
    }

    private static IngestLimits ReadLimits(ConfigSection? section, IngestLimits defaults)
    {
        if (section is null)
        {
            return defaults;
        }

        IngestLimits limits = new()
        {
            MaxRequestBytes = ReadSize(section, "max_request_size", defaults.MaxRequestBytes, IngestLimits.LargestRequestBytes),
            MaxDecodedBytes = ReadSize(section, "max_decoded_size", defaults.MaxDecodedBytes, IngestLimits.LargestDecodedBytes),
            MaxSeries = section.Int("max_series", defaults.MaxSeries, 1, IngestLimits.LargestSeriesLimit),
            MaxLabelNamesPerSeries = section.Int("max_label_names_per_series", defaults.MaxLabelNamesPerSeries, 1, 10_000),
            MaxLabelBytes = (int)ReadSize(section, "max_label_size", defaults.MaxLabelBytes, 1 << 20),
            CreationGracePeriod = section.Duration("creation_grace_period", defaults.CreationGracePeriod),
            OutOfOrderWindow = ReadWindow(section, defaults.OutOfOrderWindow),
            NativeHistograms = section.Bool("native_histograms", defaults.NativeHistograms),
            MaxNativeHistogramBuckets = section.Int(
                "max_native_histogram_buckets", defaults.MaxNativeHistogramBuckets, 1, IngestLimits.MostNativeHistogramBuckets),
            Utf8Names = section.Choice(
                "metric_name_validation_scheme", defaults.Utf8Names ? "utf8" : "legacy", "utf8", "legacy") == "utf8",
        };
        section.End();
        return limits;
    }

    private static TimeSpan ReadWindow(ConfigSection section, TimeSpan defaultWindow)
    {
        const string Key = "out_of_order_time_window";
        TimeSpan window = section.Duration(Key, defaultWindow);
        if (window > IngestLimits.LongestOutOfOrderWindow)
        {
            section.Fail(
                Key, "is too long", PrometheusDuration.Format(window),
                $"from 0s to {PrometheusDuration.Format(IngestLimits.LongestOutOfOrderWindow)}");
        }

        return window;
    }

    private static long ReadSize(ConfigSection section, string key, long defaultBytes, long maxBytes)
    {
        long bytes = section.Size(key, new ByteSize(defaultBytes)).Bytes;
        if (bytes >= 1 && bytes <= maxBytes)
        {
            return bytes;
        }

        section.Fail(key, "is out of range", new ByteSize(bytes).ToString(), $"from 1B to {new ByteSize(maxBytes)}");
        return defaultBytes;
    }

    private static StorageConfig ReadStorage(ConfigSection? section)
    {
        StorageConfig defaults = new();
        if (section is null)
        {
            return defaults;
        }

        long maxHeadBytes = ReadSize(section, "max_head_size", defaults.MaxHeadSize.Bytes, DatabaseOptions.LargestHeadBytes);
        StorageConfig storage = new()
        {
            Retention = ReadRetention(section, defaults.Retention),
            MaxHeadSize = new ByteSize(maxHeadBytes),
            MaxTotalHeadSize = new ByteSize(ReadSize(section, "max_total_head_size", maxHeadBytes, long.MaxValue)),
            MaxExemplars = ReadExemplars(section.Section("exemplars", "exemplars"), defaults.MaxExemplars),
            FsyncAlways = ReadFsyncAlways(section.Section("wal", "wal")),
            Encryption = section.Section("encryption", "encryption") is { } encryption ? EncryptionReader.Read(encryption) : null,
        };
        section.End();
        return storage;
    }

    /// <summary>Of the storage section a workspace has the retention for itself.</summary>
    private static RetentionConfig ReadWorkspaceStorage(ConfigSection? section, RetentionConfig defaults)
    {
        if (section is null)
        {
            return defaults;
        }

        RetentionConfig retention = ReadRetention(section, defaults);
        section.End();
        return retention;
    }

    private static RetentionConfig ReadRetention(ConfigSection section, RetentionConfig defaults)
    {
        TimeSpan time = section.Duration("retention_time", defaults.Time);
        if (time < RetentionConfig.Shortest || time > RetentionConfig.Longest)
        {
            section.Fail(
                "retention_time", "is out of range", PrometheusDuration.Format(time),
                $"from {RetentionConfig.Shortest.Days}d to {RetentionConfig.Longest.Days}d");
        }

        return new RetentionConfig { Time = time, Size = section.Size("retention_size", defaults.Size) };
    }

    private static bool ReadFsyncAlways(ConfigSection? section)
    {
        if (section is null)
        {
            return false;
        }

        bool always = section.Choice("fsync", "interval", "interval", "always") == "always";
        section.End();
        return always;
    }

    private static int ReadExemplars(ConfigSection? section, int defaultMax)
    {
        if (section is null)
        {
            return defaultMax;
        }

        int max = section.Int("max", defaultMax, 0, StorageConfig.MostExemplars);
        section.End();
        return max;
    }

    private static bool IsRegion(string region) =>
        region.Length is > 0 and <= 64 && !region.AsSpan().ContainsAnyExcept(s_regionLetters);

    /// <summary>Narrower than AMP's pattern: the id is also the name of a folder.</summary>
    internal static bool IsWorkspaceId(string id) =>
        id.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(id[0]) && !id.AsSpan().ContainsAnyExcept(s_idLetters);
}
