using System.Net;

namespace AmpEdge.Hosting;

/// <summary>Which proxy a URL is reached through, if any.</summary>
/// <remarks>
/// As an <see cref="IWebProxy"/> it answers for http only: what goes by https is tunnelled by <see cref="ServerConnector"/>,
/// which sends the headers and the server name that the configuration asks for.
/// </remarks>
internal sealed class HttpProxy : IWebProxy
{
    private readonly Uri? _forHttp;
    private readonly Uri? _forHttps;
    private readonly ProxyBypass? _bypass;

    /// <param name="forHttp">Null: http goes directly.</param>
    /// <param name="forHttps">Null: https goes directly.</param>
    /// <param name="bypass">Null: nothing goes past the proxy, not even loopback.</param>
    private HttpProxy(Uri? forHttp, Uri? forHttps, ProxyBypass? bypass)
    {
        _forHttp = forHttp;
        _forHttps = forHttps;
        _bypass = bypass;
        // Taken by the handler for SOCKS; an HTTP proxy gets them in its header without having to ask.
        Credentials = forHttp is null ? null : ConfigUrl.CredentialsOf(forHttp);
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>Null: no proxy is to be used.</summary>
    /// <param name="config">What was configured.</param>
    /// <param name="environment">The variables of <c>proxy_from_environment</c>.</param>
    public static HttpProxy? From(ProxyConfig config, Func<string, string?> environment)
    {
        if (config.FromEnvironment)
        {
            return new HttpProxy(
                Address(Variable(environment, "HTTP_PROXY")), Address(Variable(environment, "HTTPS_PROXY")),
                new ProxyBypass(Variable(environment, "NO_PROXY")));
        }

        if (config.ProxyUrl.Length == 0)
        {
            return null;
        }

        // As in Prometheus, loopback goes past the proxy only when there is a list of exceptions.
        Uri address = new(config.ProxyUrl);
        return new HttpProxy(address, address, config.NoProxy.Length > 0 ? new ProxyBypass(config.NoProxy) : null);
    }

    /// <summary>The proxy on the way to a URL; null for none.</summary>
    public Uri? AddressFor(Uri destination)
    {
        Uri? proxy = destination.Scheme == Uri.UriSchemeHttps ? _forHttps : _forHttp;
        return proxy is null || _bypass?.Covers(destination) == true ? null : proxy;
    }

    public Uri? GetProxy(Uri destination) => destination.Scheme == Uri.UriSchemeHttps ? null : AddressFor(destination);

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    /// <summary>Upper case goes before lower case, as in Go's programs.</summary>
    private static string Variable(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } upper ? upper : environment(name.ToLowerInvariant()) ?? "";

    /// <summary>An address without a scheme is one of an HTTP proxy.</summary>
    private static Uri? Address(string text)
    {
        bool known = Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" or "socks5";
        return text.Length == 0 ? null
            : known ? url
            : Uri.TryCreate("http://" + text, UriKind.Absolute, out Uri? plain) ? plain : null;
    }
}
