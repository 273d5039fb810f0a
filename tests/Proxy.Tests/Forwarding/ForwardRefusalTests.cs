using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.Forwarding;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>What is not forwarded, and what the caller is told when the upstream fails.</summary>
public sealed class ForwardRefusalTests
{
    [Theory]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: h\r\n")]
    [InlineData("CONNECT .example.com:443 HTTP/1.1\r\nHost: .example.com:443\r\n")]
    [InlineData("CONNECT 1:2 HTTP/1.1\r\nHost: 1:2\r\n")]
    public async Task A_target_without_a_path_leads_nowhere(string request)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        string answer = await proxy.SendRawAsync(request + "Connection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
        Assert.Empty(proxy.Upstream.Requests);
        Assert.DoesNotContain("upstream failed", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_credentials_requests_get_503_with_the_reason_until_there_are_some()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Credentials = new CredentialAnswer(null, "no AWS credentials: nothing found");
        using HttpResponseMessage refused = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("no AWS credentials: nothing found\n", await refused.Content.ReadAsStringAsync());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Empty(proxy.Upstream.Requests);

        proxy.Credentials = new CredentialAnswer(ScriptedUpstream.Credentials, "");
        Assert.Equal("ok\n", await proxy.Client.GetStringAsync(proxy.Address));
        Assert.Contains(
            "ampedge_proxy_refused_requests_total{reason=\"no_credentials\"} 1\n",
            proxy.Metrics(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_over_the_cap_get_413_whether_their_length_is_declared_or_not()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new RouteConfig { Limits = new LimitsConfig { RequestBodyBytes = 1000 } });
        string declared = await proxy.SendRawAsync(
            "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1001\r\n\r\n");
        string chunked = await proxy.SendRawAsync(
            "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
            $"3e9\r\n{new string('x', 1001)}\r\n0\r\n\r\n");
        string fitting = await proxy.SendRawAsync(
            "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n", new string('x', 1000));

        Assert.StartsWith("HTTP/1.1 413 ", declared, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 413 ", chunked, StringComparison.Ordinal);
        Assert.All([declared, chunked], answer => Assert.EndsWith(
            "the request body is larger than 1000 bytes (limits.request_body, --max-request-body); send less at once, or raise it\n", answer, StringComparison.Ordinal));
        Assert.Contains(
            "ampedge_proxy_refused_requests_total{reason=\"body_too_large\"} 2\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", fitting, StringComparison.Ordinal);
        Assert.Equal(1000, proxy.Upstream.Single().Body.Length);
    }

    [Fact]
    public async Task All_bodies_together_are_bounded_and_their_memory_comes_back()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            settings: new ProxySettings { MaxBufferedBytes = 64 << 10 });
        using ByteArrayContent large = new(new byte[100_000]);
        using ByteArrayContent small = new(new byte[1000]);
        using HttpResponseMessage refused = await proxy.Client.PostAsync(proxy.Address, large);
        using HttpResponseMessage taken = await proxy.Client.PostAsync(proxy.Address, small);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        // It comes back when the request has ended, which is a little after its answer has.
        Assert.True(SpinWait.SpinUntil(() => Buffered(proxy, 0), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_gives_502_with_the_reason()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: $"127.0.0.1:{FreePort()}");
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("Connection refused", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("upstream failed: GET http://127.0.0.1:", proxy.Log, StringComparison.Ordinal);
        Assert.Contains(
            "ampedge_proxy_upstream_errors_total{error=\"Request\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upstream_that_accepts_and_says_no_more_is_named_with_the_time_for_a_connection()
    {
        using TcpListener mute = new(IPAddress.Loopback, 0);
        mute.Start();
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            new RouteConfig { Timeouts = new TimeoutsConfig { Connect = TimeSpan.FromMilliseconds(100) } },
            host: mute.LocalEndpoint.ToString(),
            scheme: "https");
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.EndsWith(
            "took no connection within 0.1 s (timeouts.connect, --transport.connect-timeout)\n",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_line_shows_the_beginning_of_a_long_target_only()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: $"127.0.0.1:{FreePort()}");
        using HttpResponseMessage answer = await proxy.Client.GetAsync(
            new Uri(proxy.Address, "/" + new string('x', 10_000)));

        Assert.Contains("upstream failed: GET http://127.0.0.1:", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('x', 300), proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_upstream_gives_504_with_the_time_that_was_waited()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            new RouteConfig { Timeouts = new TimeoutsConfig { Idle = TimeSpan.FromMilliseconds(200) } });
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = context => never.Task.WaitAsync(context.RequestAborted);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("within 0.2 s", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task A_request_that_this_process_has_forwarded_is_refused()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        await proxy.Client.GetStringAsync(proxy.Address);
        string via = proxy.Upstream.Single().Header("Via") ?? "";
        using HttpRequestMessage again = new(HttpMethod.Get, proxy.Address);
        again.Headers.TryAddWithoutValidation("Via", $"1.1 other, {via}");
        using HttpResponseMessage answer = await proxy.Client.SendAsync(again);

        Assert.Equal(508, (int)answer.StatusCode);
        Assert.Single(proxy.Upstream.Requests);
    }

    [Fact]
    public async Task Without_a_host_only_aws_endpoints_are_forwarded_to()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartOpenAsync();
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains(
            "unable to determine service from host", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: {0}\r\n\r\n", 40_000, "431")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: h\r\n\r\n", 70_000, "414")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 0, "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 0, "400")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 0, "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n", 0, "400")]
    [InlineData("nonsense\r\n\r\n", 0, "400")]
    public async Task Broken_and_oversized_requests_are_refused_at_the_door(string format, int size, string status)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        string request = format.Replace("{0}", new string('x', size), StringComparison.Ordinal);
        string answer = await proxy.SendRawAsync(request);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Empty(proxy.Upstream.Requests);
    }

    [Fact]
    public async Task A_length_beside_chunks_is_never_forwarded_as_two_requests()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        await proxy.SendRawAsync(
            "POST /first HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
            "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        Assert.All(proxy.Upstream.Requests, request => Assert.Equal("", request.Verification.Message));
        Assert.DoesNotContain(proxy.Upstream.Requests, request => request.Body.Length > 0);
    }

    [Fact]
    public async Task Headers_that_never_end_are_given_up_on()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        string answer = await proxy.SendRawAsync("GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_goes_in_the_middle_of_its_body_leaves_nothing_behind()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        using (TcpClient connection = new() { LingerState = new LingerOption(true, 0) })
        {
            await connection.ConnectAsync("127.0.0.1", proxy.Address.Port);
            await connection.GetStream().WriteAsync(
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nhalf"u8.ToArray());
            Assert.True(SpinWait.SpinUntil(() => !Buffered(proxy, 0), TimeSpan.FromSeconds(20)));
        }

        Assert.True(SpinWait.SpinUntil(() => Buffered(proxy, 0), TimeSpan.FromSeconds(20)));
        Assert.Empty(proxy.Upstream.Requests);
        Assert.DoesNotContain("level=error", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upstream_with_an_unknown_certificate_is_refused_unless_that_was_switched_off()
    {
        await using TlsUpstream upstream = new();
        await using ProxyUnderTest strict = await ProxyUnderTest.StartAsync(
            host: $"127.0.0.1:{upstream.Port}", scheme: "https");
        await using ProxyUnderTest lenient = await ProxyUnderTest.StartAsync(
            new RouteConfig { Upstream = new UpstreamConfig { VerifyTls = false } },
            host: $"127.0.0.1:{upstream.Port}",
            scheme: "https");
        using HttpResponseMessage refused = await strict.Client.GetAsync(strict.Address);

        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        Assert.Contains("certificate", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("tls", await lenient.Client.GetStringAsync(lenient.Address));
    }

    private static bool Buffered(ProxyUnderTest proxy, int bytes) => proxy.Metrics().Contains(
        FormattableString.Invariant($"ampedge_proxy_buffered_body_bytes {bytes}\n"), StringComparison.Ordinal);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
