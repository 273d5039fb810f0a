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
            Headers = ReadTime(section, "headers", defaults.Headers),
            Total = ReadTime(section, "total", defaults.Total),
            Idle = ReadTime(section, "idle", defaults.Idle),
            IdleConnection = ReadTime(section, "idle_connection", defaults.IdleConnection),
        };
        if (timeouts.Headers > timeouts.Idle)
        {
            section.Fail(
                "headers", "is above idle, which would end the wait first", PrometheusDuration.Format(timeouts.Headers),
                $"up to {PrometheusDuration.Format(timeouts.Idle)}, or a longer idle");
        }

        section.End();
        return timeouts;
    }

    private static TimeSpan ReadTime(ConfigSection section, string key, TimeSpan defaultTime)
    {
        if (section.OptionalDuration(key) is not { } time)
        {
            return defaultTime;
        }

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
