using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class ForwardEndpointTests
{
    [Theory]
    [InlineData("/workspaces/ws-1/api/v1/query?query=up", "/workspaces/ws-1/api/v1/query?query=up")]
    [InlineData("/api/v1/query?time=1&query=a+b", "/api/v1/query?query=a%20b&time=1")]
    [InlineData("/api/v1/series?match[]=up&match[]=a", "/api/v1/series?match%5B%5D=a&match%5B%5D=up")]
    [InlineData("/label/a%2Fb/values", "/label/a%2Fb/values")]
    [InlineData("//double//slash/./x/../y", "/double/slash/y")]
    [InlineData("/%F0%9F%98%80?q=%F0%9F%98%80", "/%F0%9F%98%80?q=%F0%9F%98%80")]
    [InlineData("/a:b'(c)*,;=@!$", "/a:b'(c)*,;=@!$")]
    [InlineData("/", "/")]
    public async Task Requests_arrive_signed_for_what_arrives(string sent, string arrived)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        string answer = await proxy.SendRawAsync($"GET {sent} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(arrived, proxy.Upstream.Single().Target);
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task Bodies_arrive_whole_with_their_length(int length)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        byte[] body = new byte[length];
        Array.Fill(body, (byte)'x');
        using ByteArrayContent content = new(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-protobuf");
        using HttpResponseMessage answer = await proxy.Client.PostAsync(
            new Uri(proxy.Address, "/api/v1/remote_write"), content);

        UpstreamRequest arrived = proxy.Upstream.Single();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(body, arrived.Body);
        Assert.Equal(length.ToString(System.Globalization.CultureInfo.InvariantCulture), arrived.Header("Content-Length"));
        Assert.Equal("application/x-protobuf", arrived.Header("Content-Type"));
        Assert.Equal("", arrived.Verification.Message);
    }

    [Fact]
    public async Task Chunked_bodies_are_sent_on_with_a_length()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        await proxy.SendRawAsync(
            "POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
            "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

        UpstreamRequest arrived = proxy.Upstream.Single();
        Assert.Equal("abcde", Encoding.ASCII.GetString(arrived.Body));
        Assert.Equal("5", arrived.Header("Content-Length"));
        Assert.Null(arrived.Header("Transfer-Encoding"));
        Assert.Equal("", arrived.Verification.Message);
    }

    [Fact]
    public async Task The_callers_own_signature_is_replaced_and_its_connection_headers_stay_behind()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        await proxy.SendRawAsync(
            "GET /x HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer mine\r\nX-Amz-Security-Token: mine\r\n"
            + "X-Amz-Date: 20150830T123600Z\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\nX-Scope: kept\r\n"
            + "Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nUpgrade: h2c\r\n"
            + "Proxy-Authorization: Basic x\r\n\r\n",
            "nonsense that ends the connection\r\n\r\n");

        UpstreamRequest arrived = proxy.Upstream.Single();
        Assert.Equal("", arrived.Verification.Message);
        Assert.StartsWith("AWS4-HMAC-SHA256 ", arrived.Header("Authorization"), StringComparison.Ordinal);
        Assert.Equal("session-token", arrived.Header("X-Amz-Security-Token"));
        Assert.Equal("kept", arrived.Header("X-Scope"));
        Assert.All(
            ["X-Hop", "Keep-Alive", "TE", "Upgrade", "Proxy-Authorization"], name => Assert.Null(arrived.Header(name)));
    }

    [Fact]
    public async Task The_hash_and_the_headers_of_the_signature_cover_everything_but_volatile_headers()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        await proxy.SendRawAsync(
            "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nUser-Agent: u\r\nTraceparent: t\r\nX-Forwarded-For: 1\r\n"
            + "Accept: */*\r\n\r\n");

        UpstreamRequest arrived = proxy.Upstream.Single();
        Assert.Contains(
            "SignedHeaders=accept;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,",
            arrived.Header("Authorization"),
            StringComparison.Ordinal);
        Assert.Equal("u", arrived.Header("User-Agent"));
        Assert.Equal("t", arrived.Header("Traceparent"));
        Assert.Equal("1", arrived.Header("X-Forwarded-For"));
    }

    [Fact]
    public async Task Odd_but_valid_headers_arrive_as_they_were_signed()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        await proxy.SendRawAsync(
            "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Twice: one\r\nX-Twice:  two   three \r\n"
            + "X-Empty:\r\nX_Under: 1\r\nX-Quoted: \"a   b\"\r\nAccept: text/plain;q=0.5,*/*;q=0.1\r\n"
            + "Accept: application/json\r\nCookie: a=1; b=2\r\nIf-None-Match: \"etag\"\r\nDate: nonsense\r\n\r\n");

        UpstreamRequest arrived = proxy.Upstream.Single();
        Assert.Equal("", arrived.Verification.Message);
        Assert.Equal("one, two   three", arrived.Header("X-Twice"));
        Assert.Equal("text/plain;q=0.5,*/*;q=0.1, application/json", arrived.Header("Accept"));
        Assert.Equal("a=1; b=2", arrived.Header("Cookie"));
        Assert.Equal("nonsense", arrived.Header("Date"));
    }

    [Fact]
    public async Task Headers_beyond_ASCII_arrive_as_they_were_signed_and_come_back_as_they_were_answered()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        using TcpListener upstream = new(IPAddress.Loopback, 0);
        upstream.Start();
        string sent = Encoding.Latin1.GetString("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Panel: café\r\n\r\n"u8);
        await proxy.SendRawAsync(sent);

        Assert.Equal("café", proxy.Upstream.Single().Header("X-Panel"));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);

        await using ProxyUnderTest toRaw = await ProxyUnderTest.StartAsync(host: upstream.LocalEndpoint.ToString());
        Task<string> answer = toRaw.SendRawAsync("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        using TcpClient connection = await upstream.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nX-Name: café\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());

        string expected = Encoding.Latin1.GetString("X-Name: café\r\n"u8);
        Assert.Contains(expected, await answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://h/a/b?x=1", "/a/b?x=1")]
    [InlineData("http://h?x=1", "/?x=1")]
    public async Task A_whole_address_as_target_goes_to_the_upstream_all_the_same(string target, string arrived)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        await proxy.SendRawAsync($"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        Assert.Equal(arrived, proxy.Upstream.Single().Target);
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
    }

    [Fact]
    public async Task A_wish_to_upgrade_is_left_behind()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, proxy.Address);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        using HttpResponseMessage answer = await proxy.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(proxy.Upstream.Single().Header("Upgrade"));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
    }

    [Fact]
    public async Task Header_rules_apply_before_the_signature()
    {
        RouteConfig route = new()
        {
            Headers = new RequestRules
            {
                StripHeaders = ["X-Secret*"],
                StripParameters = ["cache*"],
                DuplicateHeaders = ["Authorization"],
                CustomHeaders = [new("X-Added", "a"), new("X-Given", "ours")],
            },
        };
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(route);
        await proxy.SendRawAsync(
            "GET /x?cachebust=1&a=2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Secret-One: 1\r\n"
            + "Authorization: Bearer mine\r\nX-Given: theirs\r\n\r\n");

        UpstreamRequest arrived = proxy.Upstream.Single();
        Assert.Equal("/x?a=2", arrived.Target);
        Assert.Null(arrived.Header("X-Secret-One"));
        Assert.Equal("Bearer mine", arrived.Header("X-Original-Authorization"));
        Assert.Equal("a", arrived.Header("X-Added"));
        Assert.Equal("theirs", arrived.Header("X-Given"));
        Assert.Equal("", arrived.Verification.Message);
    }

    [Fact]
    public async Task The_sign_host_is_what_the_upstream_sees()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            new RouteConfig { Upstream = new UpstreamConfig { SignHost = "aps-workspaces.us-east-1.amazonaws.com" } });
        await proxy.Client.GetStringAsync(proxy.Address);

        Assert.Equal("aps-workspaces.us-east-1.amazonaws.com", proxy.Upstream.Single().Header("Host"));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
    }

    [Fact]
    public async Task An_unsigned_payload_is_said_to_be_one()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            new RouteConfig { Signing = new SigningConfig { UnsignedPayload = true } });
        using StringContent content = new("body");
        await proxy.Client.PostAsync(proxy.Address, content);

        Assert.Equal("UNSIGNED-PAYLOAD", proxy.Upstream.Single().Header("X-Amz-Content-Sha256"));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
    }

    [Fact]
    public async Task The_signing_process_is_logged_without_the_token()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            settings: new ProxySettings { LogSigningProcess = true });
        await proxy.Client.GetStringAsync(proxy.Address);

        Assert.Contains("x-amz-security-token:<hidden>", proxy.Log, StringComparison.Ordinal);
        Assert.Contains("AWS4-HMAC-SHA256", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("session-token", proxy.Log, StringComparison.Ordinal);
    }
}
