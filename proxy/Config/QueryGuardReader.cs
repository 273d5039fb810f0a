using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>query_guard</c> section of a route.</summary>
internal static class QueryGuardReader
{
    public static QueryGuardConfig Read(ConfigSection? section)
    {
        if (section is null)
        {
            return new QueryGuardConfig();
        }

        QueryGuardConfig guard = new()
        {
            MaxSamplesProcessed = section.Number("max_samples_processed_error_threshold", 0, 1),
            MaxRange = section.Duration("max_range", TimeSpan.Zero),
        };
        section.End();
        return guard;
    }
}
