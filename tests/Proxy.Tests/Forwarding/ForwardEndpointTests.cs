using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
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
            + "X-Amz-Date: 20150830T123600Z\r\nX-Amz-Content-Sha256: 00\r\nX-Scope: kept\r\n"
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
        ProxyOptions options = new()
        {
            Rules = new RequestRules
            {
                StripHeaders = ["X-Secret*"],
                StripParameters = ["cache*"],
                DuplicateHeaders = ["Authorization"],
                CustomHeaders = [new("X-Added", "a"), new("X-Given", "ours")],
            },
        };
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(options);
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
            new ProxyOptions { SignHost = "aps-workspaces.us-east-1.amazonaws.com" });
        await proxy.Client.GetStringAsync(proxy.Address);

        Assert.Equal("aps-workspaces.us-east-1.amazonaws.com", proxy.Upstream.Single().Header("Host"));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
    }

    [Fact]
    public async Task An_unsigned_payload_is_said_to_be_one()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new ProxyOptions { UnsignedPayload = true });
        using StringContent content = new("body");
        await proxy.Client.PostAsync(proxy.Address, content);

        Assert.Equal("UNSIGNED-PAYLOAD", proxy.Upstream.Single().Header("X-Amz-Content-Sha256"));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
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
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new ProxyOptions { MaxRequestBodyBytes = 1000 });
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
            "the request body is larger than 1000 bytes (--max-request-body)\n", answer, StringComparison.Ordinal));
        Assert.Contains(
            "ampedge_proxy_refused_requests_total{reason=\"body_too_large\"} 2\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", fitting, StringComparison.Ordinal);
        Assert.Equal(1000, proxy.Upstream.Single().Body.Length);
    }

    [Fact]
    public async Task All_bodies_together_are_bounded_and_their_memory_comes_back()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new ProxyOptions { MaxBufferedBytes = 64 << 10 });
        using ByteArrayContent large = new(new byte[100_000]);
        using ByteArrayContent small = new(new byte[1000]);
        using HttpResponseMessage refused = await proxy.Client.PostAsync(proxy.Address, large);
        using HttpResponseMessage taken = await proxy.Client.PostAsync(proxy.Address, small);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Contains("ampedge_proxy_buffered_body_bytes 0\n", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_stream_before_they_are_complete()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        TaskCompletionSource second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await second.Task;
            await context.Response.WriteAsync("second");
        };
        using HttpResponseMessage answer = await proxy.Client.GetAsync(
            proxy.Address, HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await answer.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[5];
        await stream.ReadExactlyAsync(buffer);
        Assert.Equal("first", Encoding.ASCII.GetString(buffer));

        second.SetResult();
        using StreamReader rest = new(stream);
        Assert.Equal("second", await rest.ReadToEndAsync());
    }

    [Fact]
    public async Task Status_and_headers_of_the_answer_come_through_but_for_those_of_the_connection()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = context =>
        {
            context.Response.Headers["x-amzn-RequestId"] = "r-1";
            context.Response.Headers["Connection"] = "X-Hop";
            context.Response.Headers["X-Hop"] = "1";
            context.Response.Headers.RetryAfter = "7";
            return context.WriteTextAsync(429, "slow down");
        };
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("slow down\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["r-1"], answer.Headers.GetValues("x-amzn-RequestId"));
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter?.Delta);
        Assert.False(answer.Headers.Contains("X-Hop"));
    }

    [Fact]
    public async Task Redirects_and_compressed_answers_are_passed_on_as_they_are()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = context =>
        {
            context.Response.Headers.Location = "/elsewhere";
            context.Response.Headers.ContentEncoding = "gzip";
            return context.WriteTextAsync(302, "not really gzip");
        };
        using HttpRequestMessage request = new(HttpMethod.Get, proxy.Address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using HttpResponseMessage answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("not really gzip\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("gzip", proxy.Upstream.Single().Header("Accept-Encoding"));
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
            new ProxyOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) }, mute.LocalEndpoint.ToString(), "https");
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.EndsWith(
            "took no connection within 0.1 s (--transport.connect-timeout)\n",
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
            new ProxyOptions { UpstreamTimeout = TimeSpan.FromMilliseconds(200) });
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = context => never.Task.WaitAsync(context.RequestAborted);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("within 0.2 s", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task An_answer_that_breaks_off_breaks_off_for_the_caller_too()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => proxy.Client.GetStringAsync(proxy.Address));
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

    [Fact]
    public async Task Failed_answers_are_logged_with_their_text_and_still_arrive_whole()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new ProxyOptions { LogFailedRequests = true });
        string text = "refused: session-token " + new string('x', 20_000) + "end";
        proxy.Upstream.Answer = context => context.WriteTextAsync(403, text);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(text + "\n", await answer.Content.ReadAsStringAsync());
        Assert.Contains("refused: <hidden> xxx", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("session-token", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_signing_process_is_logged_without_the_token()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new ProxyOptions { LogSigningProcess = true });
        await proxy.Client.GetStringAsync(proxy.Address);

        Assert.Contains("x-amz-security-token:<hidden>", proxy.Log, StringComparison.Ordinal);
        Assert.Contains("AWS4-HMAC-SHA256", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("session-token", proxy.Log, StringComparison.Ordinal);
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
        using TlsUpstream upstream = new();
        await using ProxyUnderTest strict = await ProxyUnderTest.StartAsync(
            host: $"127.0.0.1:{upstream.Port}", scheme: "https");
        await using ProxyUnderTest lenient = await ProxyUnderTest.StartAsync(
            new ProxyOptions { VerifyTls = false }, $"127.0.0.1:{upstream.Port}", "https");
        using HttpResponseMessage refused = await strict.Client.GetAsync(strict.Address);

        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        Assert.Contains("certificate", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("tls", await lenient.Client.GetStringAsync(lenient.Address));
    }

    [Fact]
    public async Task A_stop_waits_for_the_running_request()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = async context =>
        {
            arrived.SetResult();
            await goOn.Task;
            await context.WriteTextAsync(200, "finished");
        };
        Task<string> running = proxy.Client.GetStringAsync(proxy.Address);
        await arrived.Task;
        Task stopping = proxy.StopServerAsync();
        goOn.SetResult();

        Assert.Equal("finished\n", await running);
        await stopping;
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
