using System.Buffers;

namespace AmpEdge.Hosting;

/// <summary>Reads the proxy keys, which stand among the other keys of an HTTP client.</summary>
public static class ProxyConfigReader
{
    /// <summary>What RFC 9110, 5.6.2 lets a field name consist of.</summary>
    private static readonly SearchValues<char> s_fieldNameLetters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static ProxyConfig Read(ConfigSection section)
    {
        ProxyConfig config = new()
        {
            ProxyUrl = section.Text("proxy_url"),
            NoProxy = section.Text("no_proxy"),
            FromEnvironment = section.Bool("proxy_from_environment", false),
            ConnectHeaders = ReadConnectHeaders(section),
        };
        if (config.FromEnvironment && config.ProxyUrl.Length > 0)
        {
            section.Fail("proxy_url", "if proxy_from_environment is configured, proxy_url must not be configured");
        }

        if (config.FromEnvironment && config.NoProxy.Length > 0)
        {
            section.Fail("no_proxy", "if proxy_from_environment is configured, no_proxy must not be configured");
        }

        if (!config.FromEnvironment && config.ProxyUrl.Length == 0 && config.NoProxy.Length > 0)
        {
            section.Fail("no_proxy", "if no_proxy is configured, proxy_url must also be configured");
        }

        if (config.ProxyUrl.Length > 0
            && !(Uri.TryCreate(config.ProxyUrl, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" or "socks5"))
        {
            section.Fail("proxy_url", "is not a proxy's address", config.ProxyUrl, "http://host:port, https://host:port, socks5://host:port");
        }

        if (config.ConnectHeaders.Count > 0 && !config.FromEnvironment && config.ProxyUrl.Length == 0)
        {
            section.Fail(
                "proxy_connect_header",
                "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured");
        }

        return config;
    }

    private static List<KeyValuePair<string, IReadOnlyList<Secret>>> ReadConnectHeaders(ConfigSection section)
    {
        List<KeyValuePair<string, IReadOnlyList<Secret>>> headers = [];
        foreach ((string name, IReadOnlyList<string> values) in section.TextsMap("proxy_connect_header"))
        {
            List<Secret> secrets = [];
            foreach (string value in values)
            {
                secrets.Add(new Secret(value));
            }

            bool fits = IsFieldName(name) && !HasLineBreak(values);
            if (!fits)
            {
                section.Fail("proxy_connect_header", $"\"{name}\" or a value of it is not fit for a header");
            }

            headers.Add(new(name, secrets));
        }

        return headers;
    }

    private static bool IsFieldName(string name) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(s_fieldNameLetters);

    /// <summary>A line break would begin a header, or a request, of its own.</summary>
    private static bool HasLineBreak(IReadOnlyList<string> values)
    {
        foreach (string value in values)
        {
            if (value.AsSpan().ContainsAny("\r\n\0"))
            {
                return true;
            }
        }

        return false;
    }
}
