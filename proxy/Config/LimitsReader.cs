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
