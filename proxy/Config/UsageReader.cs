using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the section <c>usage</c>.</summary>
internal static class UsageReader
{
    public static UsageConfig Read(ConfigSection root)
    {
        UsageConfig defaults = new();
        if (root.Section("usage", "usage") is not { } section)
        {
            return defaults;
        }

        UsageConfig usage = new()
        {
            Enable = section.Bool("enable", defaults.Enable),
            StateFile = section.FilePath("state_file"),
            SaveInterval = ReadTime(section, "save_interval", defaults.SaveInterval, UsageConfig.ShortestSaveInterval),
            UnusedAfter = ReadTime(section, "unused_after", defaults.UnusedAfter, UsageConfig.ShortestUnusedAfter),
            MaxMetrics = section.Int("max_metrics", defaults.MaxMetrics, 1, UsageConfig.MostMetrics),
            WritesPerSecond = section.Int("writes_per_second", defaults.WritesPerSecond, 1, UsageConfig.MostWritesPerSecond),
            Rules = section.FilePaths("rules"),
            Dashboards = section.FilePaths("dashboards"),
            Prices = section.Section("prices", "usage.prices") is { } prices ? PriceTableReader.Read(prices) : defaults.Prices,
        };
        section.End();
        return usage;
    }

    private static TimeSpan ReadTime(ConfigSection section, string key, TimeSpan defaultTime, TimeSpan shortest)
    {
        TimeSpan time = section.Duration(key, defaultTime);
        if (time >= shortest && time <= UsageConfig.Longest)
        {
            return time;
        }

        section.Fail(key, "is out of range", PrometheusDuration.Format(time), UsageConfig.Range(shortest));
        return defaultTime;
    }
}
