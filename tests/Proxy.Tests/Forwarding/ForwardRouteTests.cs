using System.Net;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Tests.Usage;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>What a route makes of its requests, from configuration file to upstream.</summary>
public sealed class ForwardRouteTests
{
    [Fact]
    public async Task The_first_route_that_takes_a_request_forwards_it()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync("""
            routes:
              - {name: writes, match: {methods: [POST]}, upstream: UPSTREAM, workspace: ws-w}
              - {name: team, match: {path_prefix: /team}, upstream: UPSTREAM, workspace: ws-t, path_rewrites: [{prefix: /team}]}
              - {name: scoped, match: {headers: {X-Scope: "1"}}, upstream: UPSTREAM, workspace: ws-s}
            """);
        await proxy.SendRawAsync("POST /api/v1/write HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        await proxy.SendRawAsync("GET /team/api/v1/query?query=up HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        await proxy.SendRawAsync("GET /api/v1/labels HTTP/1.1\r\nHost: h\r\nX-Scope: 1\r\nConnection: close\r\n\r\n");
        string none = await proxy.SendRawAsync("GET /api/v1/labels HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        Assert.Equal(
            [
                "/workspaces/ws-w/api/v1/remote_write", "/workspaces/ws-t/api/v1/query?query=up",
                "/workspaces/ws-s/api/v1/labels",
            ],
            Targets(proxy));
        Assert.All(proxy.Upstream.Requests, request => Assert.Equal("", request.Verification.Message));
        Assert.StartsWith("HTTP/1.1 404 ", none, StringComparison.Ordinal);
        Assert.Contains("no route takes GET /api/v1/labels (listener default, host h); ask for ", none, StringComparison.Ordinal);
        Assert.Contains("refused_requests_total{reason=\"no_route\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_that_the_cache_answers_count_as_reads()
    {
        using UsageUnderTest usage = new();
        await usage.StartAsync();
        usage.Write("ws-1", "asked_often x=1", "never_asked x=1");
        await using (ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            "routes: [{name: reads, upstream: UPSTREAM, workspace: ws-1, cache: {ttl: 1h}}]", usage: usage.Observer))
        {
            for (int time = 0; time < 3; time++)
            {
                string answer = await proxy.SendRawAsync(
                    "GET /api/v1/query?query=asked_often HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
            }

            Assert.Single(Targets(proxy));
        }

        Assert.Equal("asked_often: query×3\nnever_asked: unused", UsageUnderTest.Summary(await usage.StopAsync()));
    }

    [Theory]
    [InlineData("GET /api/v1/query", "200")]
    [InlineData("GET /x/../api/v1/query", "200")]
    [InlineData("GET /api/v1/query/../labels", "403")]
    [InlineData("GET /api/v1/rules", "403")]
    [InlineData("POST /api/v1/remote_write", "403")]
    [InlineData("POST /api/v1/remote%5fwrite", "403")]
    public async Task A_confined_route_lets_through_what_it_names(string request, string status)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync("""
            routes:
              - name: reads
                upstream: UPSTREAM
                access: read_only
                allow_paths: [/api/v1/query, /api/v1/remote_write, /api/v1/remote%5fwrite]
            """);
        string answer = await proxy.SendRawAsync($"{request} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == "200" ? 1 : 0, proxy.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Requests_over_the_rate_get_429_with_the_time_to_wait()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            "routes: [{name: slow, upstream: UPSTREAM, limits: {requests_per_second: 1}}]");
        using HttpResponseMessage first = await proxy.Client.GetAsync(proxy.Address);
        using HttpResponseMessage second = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
        Assert.Contains("(limits.requests_per_second)", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WriteProtocol.V1)]
    [InlineData(WriteProtocol.V2)]
    public async Task Samples_over_the_rate_get_429_and_the_limit_outlives_a_reload_that_keeps_it(WriteProtocol protocol)
    {
        const string File = "routes: [{name: slow, upstream: UPSTREAM, limits: {samples_per_second: 3}}]";
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(File);
        using HttpResponseMessage first = await WriteAsync(proxy, protocol);
        proxy.Reload(File);
        using HttpResponseMessage second = await WriteAsync(proxy, protocol);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Contains("this request holds 300;", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        proxy.Reload("routes: [{name: slow, upstream: UPSTREAM, limits: {samples_per_second: 4}}]");
        using HttpResponseMessage third = await WriteAsync(proxy, protocol);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Requests_beyond_the_places_get_503_until_one_is_free()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            "routes: [{name: narrow, upstream: UPSTREAM, limits: {concurrent_requests: 1}}]");
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = async context =>
        {
            arrived.SetResult();
            await go.Task;
            await context.WriteTextAsync(200, "ok");
        };
        Task<string> running = proxy.Client.GetStringAsync(proxy.Address);
        await arrived.Task;
        using HttpResponseMessage refused = await proxy.Client.GetAsync(proxy.Address);
        go.SetResult();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("ok\n", await running);
        proxy.Upstream.Answer = context => context.WriteTextAsync(200, "again");
        Assert.Equal("again\n", await proxy.Client.GetStringAsync(proxy.Address));
    }

    [Fact]
    public async Task A_query_is_told_where_to_stop_and_a_long_one_is_refused()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync("""
            routes:
              - name: guarded
                upstream: UPSTREAM
                query_guard: {max_samples_processed_error_threshold: 1000, max_range: 1d}
            """);
        using FormUrlEncodedContent small = new([new("query", "up"), new("start", "0"), new("end", "60"), new("step", "15")]);
        using FormUrlEncodedContent large = new([new("query", "up"), new("start", "0"), new("end", "86401"), new("step", "15")]);
        Uri range = new(proxy.Address, "/api/v1/query_range");
        using HttpResponseMessage passed = await proxy.Client.PostAsync(range, small);
        using HttpResponseMessage refused = await proxy.Client.PostAsync(range, large);

        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        Assert.Equal("/api/v1/query_range?max_samples_processed_error_threshold=1000", Assert.Single(Targets(proxy)));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("spans 1d1s", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using MultipartFormDataContent hidden = new() { { new StringContent("1e9"), "end" } };
        using HttpResponseMessage unread = await proxy.Client.PostAsync(range, hidden);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unread.StatusCode);
    }

    [Fact]
    public async Task Callers_need_the_token_of_the_file_which_may_change()
    {
        using TempFolder folder = new();
        string file = folder.Write("token", "first\n");
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(
            $"routes: [{{name: guarded, upstream: UPSTREAM, caller: {{bearer_token_file: {file}}}}}]");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusWithAsync(proxy, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusWithAsync(proxy, "Bearer wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusWithAsync(proxy, "Basic first"));
        Assert.Empty(proxy.Upstream.Requests);
        Assert.Equal(HttpStatusCode.OK, await StatusWithAsync(proxy, "Bearer first"));
        Assert.DoesNotContain("first", proxy.Upstream.Single().Header("Authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_under_traffic_loses_no_request_and_the_running_ones_end_where_they_began()
    {
        const string Before = "routes: [{name: r, upstream: UPSTREAM, workspace: ws-1}]";
        const string After = "routes: [{name: r, upstream: UPSTREAM, workspace: ws-2}]";
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(Before);
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = async context =>
        {
            if (context.Request.Path.Value?.EndsWith("/slow", StringComparison.Ordinal) == true)
            {
                arrived.SetResult();
                await go.Task;
            }

            await context.WriteTextAsync(200, context.Request.Path.Value ?? "");
        };
        Task<string> slow = proxy.Client.GetStringAsync(new Uri(proxy.Address, "/slow"));
        await arrived.Task;
        Task[] callers = new Task[4];
        for (int index = 0; index < callers.Length; index++)
        {
            callers[index] = CallAsync();
        }

        for (int reload = 0; reload < 20; reload++)
        {
            proxy.Reload(reload % 2 == 0 ? After : Before);
            await Task.Yield();
        }

        await Task.WhenAll(callers);
        go.SetResult();
        Assert.Equal("/workspaces/ws-1/slow\n", await slow);

        async Task CallAsync()
        {
            for (int call = 0; call < 50; call++)
            {
                using HttpResponseMessage answer = await proxy.Client.GetAsync(new Uri(proxy.Address, "/x"));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
    }

    private static async Task<HttpStatusCode> StatusWithAsync(ProxyUnderTest proxy, string? authorization)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, proxy.Address);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using HttpResponseMessage answer = await proxy.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> WriteAsync(ProxyUnderTest proxy, WriteProtocol protocol)
    {
        using ByteArrayContent content = new(WriteBodies.Encode(protocol, series: 100, samplesEach: 3));
        content.Headers.TryAddWithoutValidation("Content-Type", WriteHeaders.ContentTypeOf(protocol));
        content.Headers.TryAddWithoutValidation("Content-Encoding", "snappy");
        return await proxy.Client.PostAsync(new Uri(proxy.Address, "/api/v1/remote_write"), content);
    }

    private static List<string> Targets(ProxyUnderTest proxy)
    {
        List<string> targets = [];
        foreach (UpstreamRequest request in proxy.Upstream.Requests)
        {
            targets.Add(request.Target);
        }

        return targets;
    }
}
