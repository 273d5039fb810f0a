using System.Net;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

/// <summary>The ways to a server through a proxy, over loopback.</summary>
public sealed class ProxyTests : IAsyncDisposable
{
    private readonly TlsServer _server = new("target.example");
    private readonly TunnelProxy _tunnels;

    public ProxyTests() => _tunnels = new TunnelProxy(_server.Port);

    public async ValueTask DisposeAsync()
    {
        await _tunnels.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>
    /// Where HTTP/2 was hoped for and the server speaks HTTP/1.1, .NET lets the request go before its connection is in the other pool: in
    /// some of a thousand cases (none without HTTP/2) the request asks for a second tunnel.
    /// </summary>
    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task A_tunnel_is_asked_for_with_the_proxys_user_and_the_configured_headers(bool http2, int atMost)
    {
        ProxyConfig proxy = new()
        {
            ProxyUrl = $"http://user:p%40ss@127.0.0.1:{_tunnels.Port}",
            ConnectHeaders = [new("X-Team", [new Secret("a"), new Secret("b")])],
        };

        Assert.Equal("nobody", await GetAsync(proxy, "https://target.example/metrics", http2));

        string user = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:p@ss"));
        Assert.InRange(_tunnels.Asked.Count, 1, atMost);
        Assert.All(_tunnels.Asked, asked => Assert.Equal(
            "CONNECT target.example:443 HTTP/1.1\r\nHost: target.example:443\r\n"
                + $"Proxy-Authorization: Basic {user}\r\nX-Team: a\r\nX-Team: b\r\n\r\n",
            asked));
        Assert.Contains(("target.example", http2 ? "http/1.1" : "", "GET /metrics HTTP/1.1"), _server.Handshakes);
    }

    [Theory]
    [InlineData("socks5://127.0.0.1:PORT", "target.example:443")]
    [InlineData("socks5://u:p@127.0.0.1:PORT", "u:p@target.example:443")]
    public async Task A_socks_proxy_resolves_the_name(string url, string asked)
    {
        ProxyConfig proxy = new() { ProxyUrl = url.Replace("PORT", $"{_tunnels.Port}", StringComparison.Ordinal) };

        Assert.Equal("nobody", await GetAsync(proxy, "https://target.example/", http2: false));

        Assert.Equal([asked], _tunnels.Asked);
    }

    [Fact]
    public async Task A_refused_tunnel_says_what_the_proxy_said()
    {
        _tunnels.Answer = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(
            () => GetAsync(new ProxyConfig { ProxyUrl = $"http://127.0.0.1:{_tunnels.Port}" }, "https://target.example/"));

        Assert.Contains(
            "refused a tunnel to target.example:443: HTTP/1.1 407 Proxy Authentication Required", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nwith a body")]
    public async Task An_answer_that_opens_no_tunnel_fails_the_request(string answer)
    {
        _tunnels.Answer = answer;

        await Assert.ThrowsAsync<HttpRequestException>(
            () => GetAsync(new ProxyConfig { ProxyUrl = $"http://127.0.0.1:{_tunnels.Port}" }, "https://target.example/"));
    }

    [Fact]
    public async Task Plain_http_goes_to_the_proxy_whole_and_with_its_users_password()
    {
        await using ScriptedHttpServer proxy = new(ScriptedResponse.Page("through"));

        string body = await GetAsync(
            new ProxyConfig { ProxyUrl = $"http://u:p@{proxy.Address}" }, "http://target.example/metrics?x=1");

        Assert.Equal("through", body);
        ScriptedRequest seen = Assert.Single(proxy.Requests);
        Assert.Equal("http://target.example/metrics?x=1", seen.Target);
        Assert.Equal("Basic " + Convert.ToBase64String("u:p"u8), seen.Headers["Proxy-Authorization"]);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("other.example", 0)]
    public async Task Loopback_goes_past_the_proxy_only_beside_a_list_of_exceptions(string noProxy, int proxied)
    {
        await using ScriptedHttpServer proxy = new(ScriptedResponse.Page("through"));
        await using ScriptedHttpServer target = new(ScriptedResponse.Page("directly"));

        await GetAsync(new ProxyConfig { ProxyUrl = proxy.Url.ToString(), NoProxy = noProxy }, target.Url.ToString());

        Assert.Equal((proxied, 1 - proxied), (proxy.Requests.Count, target.Requests.Count));
    }

    [Theory]
    [InlineData("http://a.example/", "a.example", true)]
    [InlineData("http://x.a.example/", "a.example", true)]
    [InlineData("http://xa.example/", "a.example", false)]
    [InlineData("http://a.example/", ".a.example", false)]
    [InlineData("http://x.a.example/", ".a.example", true)]
    [InlineData("http://x.a.example/", "*.a.example", true)]
    [InlineData("http://A.Example/", "a.EXAMPLE", true)]
    [InlineData("http://a.example:8080/", "a.example:8080", true)]
    [InlineData("http://a.example:8081/", "a.example:8080", false)]
    [InlineData("http://10.1.2.3/", "192.168.0.0/16, 10.0.0.0/8", true)]
    [InlineData("http://11.1.2.3/", "10.0.0.0/8", false)]
    [InlineData("http://11.1.2.3/", "*", true)]
    [InlineData("http://[fd00::1]/", "fd00::/8", true)]
    [InlineData("http://localhost/", "x", true)]
    [InlineData("http://127.0.0.1/", "x", true)]
    public void No_proxy_names_hosts_domains_addresses_and_ranges(string url, string noProxy, bool direct)
    {
        HttpProxy proxy = HttpProxy.From(new ProxyConfig { ProxyUrl = "http://proxy:3128", NoProxy = noProxy }, static _ => null)!;

        Assert.Equal(direct, proxy.AddressFor(new Uri(url)) is null);
        Assert.Equal(direct, proxy.IsBypassed(new Uri(url)));
    }

    [Theory]
    [InlineData("http://a.example/", "http://upper:1/")]
    [InlineData("https://a.example/", "http://tls:2/")]
    [InlineData("https://internal.example/", null)]
    [InlineData("https://127.0.0.1/", null)]
    public void The_environment_names_a_proxy_per_scheme_and_the_exceptions(string url, string? expected)
    {
        Dictionary<string, string> variables = new()
        {
            ["HTTP_PROXY"] = "http://upper:1", ["http_proxy"] = "http://lower:1", ["https_proxy"] = "tls:2", ["NO_PROXY"] = "internal.example",
        };

        HttpProxy proxy = HttpProxy.From(new ProxyConfig { FromEnvironment = true }, name => variables.GetValueOrDefault(name))!;

        Assert.Equal(expected, proxy.AddressFor(new Uri(url))?.ToString());
    }

    [Fact]
    public void An_empty_environment_means_no_proxy()
    {
        HttpProxy proxy = HttpProxy.From(new ProxyConfig { FromEnvironment = true }, static _ => null)!;

        Assert.Null(proxy.AddressFor(new Uri("http://a.example/")));
    }

    private async Task<string> GetAsync(ProxyConfig proxy, string url, bool http2 = true)
    {
        HttpClientConfig config = new() { EnableHttp2 = http2, Proxy = proxy, Tls = new TlsConfig { Ca = _server.Root.ExportCertificatePem() } };
        using HttpMessageInvoker client = new(HttpHandlerBuilder.Build(config, TimeProvider.System));
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
