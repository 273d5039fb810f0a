using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>cache</c> section of a route.</summary>
internal static class ReadCacheReader
{
    private const long LeastBytes = 1 << 10;
    private const long MostBytes = 1L << 40;
    private const long MostAnswerBytes = 256 << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>Null without a section: nothing is shared then.</summary>
    public static ReadCacheConfig? Read(ConfigSection? section)
    {
        if (section is null)
        {
            return null;
        }

        ReadCacheConfig defaults = new();
        ReadCacheConfig cache = new()
        {
            Ttl = section.Duration("ttl", defaults.Ttl),
            MaxBytes = ReadSize(section, "max_size", defaults.MaxBytes, MostBytes),
            MaxAnswerBytes = ReadSize(section, "max_answer_size", defaults.MaxAnswerBytes, MostAnswerBytes),
            Vary = section.Texts("vary"),
        };
        if (cache.Ttl > s_longest)
        {
            section.Fail(
                "ttl", "is too long", PrometheusDuration.Format(cache.Ttl), $"up to {PrometheusDuration.Format(s_longest)}");
        }

        foreach (string header in cache.Vary)
        {
            if (!HeaderText.IsName(header))
            {
                section.Fail("vary", "holds what is no name of a header", header, "such as X-Scope-OrgID");
            }
        }

        section.End();
        return cache;
    }

    private static long ReadSize(ConfigSection section, string key, long defaultBytes, long most)
    {
        long bytes = section.Size(key, new ByteSize(defaultBytes)).Bytes;
        if (bytes >= LeastBytes && bytes <= most)
        {
            return bytes;
        }

        section.Fail(
            key, "is out of range", new ByteSize(bytes).ToString(), $"from {new ByteSize(LeastBytes)} to {new ByteSize(most)}");
        return defaultBytes;
    }
}
