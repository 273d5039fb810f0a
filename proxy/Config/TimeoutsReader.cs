using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>timeouts</c> section of a route.</summary>
internal static class TimeoutsReader
{
    public static TimeoutsConfig Read(ConfigSection? section)
    {
        TimeoutsConfig defaults = new();
        if (section is null)
        {
            return defaults;
        }

        TimeoutsConfig timeouts = new()
        {
            Connect = ReadTime(section, "connect", defaults.Connect),
            Idle = ReadTime(section, "idle", defaults.Idle),
            IdleConnection = ReadTime(section, "idle_connection", defaults.IdleConnection),
        };
        section.End();
        return timeouts;
    }

    private static TimeSpan ReadTime(ConfigSection section, string key, TimeSpan defaultTime)
    {
        TimeSpan time = section.Duration(key, defaultTime);
        if (time >= TimeoutsConfig.Shortest && time <= TimeoutsConfig.Longest)
        {
            return time;
        }

        section.Fail(
            key, "is out of range", PrometheusDuration.Format(time),
            $"from {PrometheusDuration.Format(TimeoutsConfig.Shortest)} to {PrometheusDuration.Format(TimeoutsConfig.Longest)}");
        return defaultTime;
    }
}
