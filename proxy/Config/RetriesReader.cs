using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>retries</c> section of a route.</summary>
internal static class RetriesReader
{
    private const int MostAttempts = 10;

    public static RetriesConfig Read(ConfigSection? section)
    {
        RetriesConfig defaults = new();
        if (section is null)
        {
            return defaults;
        }

        RetriesConfig retries = new()
        {
            MaxAttempts = section.Int("max_attempts", defaults.MaxAttempts, 1, MostAttempts),
            Writes = section.Bool("writes", defaults.Writes),
            BudgetPercent = section.Int("budget_percent", defaults.BudgetPercent, 0, 100),
            MaxWait = section.Duration("max_wait", defaults.MaxWait),
        };
        if (retries.MaxWait > TimeoutsConfig.Longest)
        {
            section.Fail(
                "max_wait", "is too long", PrometheusDuration.Format(retries.MaxWait),
                $"up to {PrometheusDuration.Format(TimeoutsConfig.Longest)}");
        }

        section.End();
        return retries;
    }
}
