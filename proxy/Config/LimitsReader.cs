using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>limits</c> section of a route.</summary>
internal static class LimitsReader
{
    public static LimitsConfig Read(ConfigSection? section)
    {
        LimitsConfig defaults = new();
        if (section is null)
        {
            return defaults;
        }

        LimitsConfig limits = new()
        {
            RequestBodyBytes = ReadBodySize(section, defaults.RequestBodyBytes),
            ConcurrentRequests = section.Int("concurrent_requests", defaults.ConcurrentRequests, 0),
            RequestsPerSecond = section.Int("requests_per_second", defaults.RequestsPerSecond, 0),
            SamplesPerSecond = section.Int("samples_per_second", defaults.SamplesPerSecond, 0),
        };
        section.End();
        return limits;
    }

    private static long ReadBodySize(ConfigSection section, long defaultBytes)
    {
        long bytes = section.Size("request_body", new ByteSize(defaultBytes)).Bytes;
        if (bytes is >= 1 and <= LimitsConfig.MostRequestBodyBytes)
        {
            return bytes;
        }

        section.Fail(
            "request_body", "is out of range", new ByteSize(bytes).ToString(),
            $"from 1B to {new ByteSize(LimitsConfig.MostRequestBodyBytes)}");
        return defaultBytes;
    }
}
