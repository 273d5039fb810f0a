namespace AmpEdge.Hosting;

/// <summary>Reads the proxy keys, which stand among the other keys of an HTTP client.</summary>
public static class ProxyConfigReader
{
    public static ProxyConfig Read(ConfigSection section)
    {
        ProxyConfig config = new()
        {
            ProxyUrl = section.Text("proxy_url"),
            NoProxy = section.Text("no_proxy"),
            FromEnvironment = section.Bool("proxy_from_environment", false),
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

        if (section.Node("proxy_connect_header") is not null)
        {
            section.Fail("proxy_connect_header", "headers for CONNECT are not supported by AmpEdge");
        }

        return config;
    }
}
