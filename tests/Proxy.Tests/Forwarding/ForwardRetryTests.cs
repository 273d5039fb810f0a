using System.Globalization;
using System.Net;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>Requests that are sent again, and waits that end.</summary>
public sealed class ForwardRetryTests
{
    [Fact]
    public async Task A_read_is_sent_again_with_its_body_until_it_is_answered()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = context => proxy.Upstream.Requests.Count < 3
            ? context.WriteTextAsync(503, "not now")
            : context.WriteTextAsync(200, "ok");
        using FormUrlEncodedContent form = new([new("query", "up")]);
        using HttpResponseMessage answer = await proxy.Client.PostAsync(new Uri(proxy.Address, "/api/v1/query"), form);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("ok\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal(3, proxy.Upstream.Requests.Count);
        Assert.All(proxy.Upstream.Requests, request =>
        {
            Assert.Equal("query=up"u8.ToArray(), request.Body);
            Assert.Equal("", request.Verification.Message);
        });
        Assert.Contains("ampedge_proxy_retries_total 2\n", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_answer_goes_to_the_caller_whole()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = context =>
        {
            context.Response.Headers["X-Attempt"] = proxy.Upstream.Requests.Count.ToString(CultureInfo.InvariantCulture);
            return context.WriteTextAsync(500, "broken");
        };
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("broken\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("3", Assert.Single(answer.Headers.GetValues("X-Attempt")));
    }

    [Theory]
    [InlineData("/api/v1/remote_write", 503, false, 1)]
    [InlineData("/api/v1/remote_write", 503, true, 3)]
    [InlineData("/api/v1/remote_write", 400, true, 1)]
    [InlineData("/api/v1/query", 422, false, 1)]
    public async Task Writes_and_refusals_are_sent_once_unless_chosen_otherwise(
        string path, int status, bool writes, int expected)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            new RouteConfig { Retries = new RetriesConfig { Writes = writes } });
        proxy.Upstream.Answer = context => context.WriteTextAsync(status, "no");
        using StringContent body = new("body");
        using HttpResponseMessage answer = await proxy.Client.PostAsync(new Uri(proxy.Address, path), body);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(expected, proxy.Upstream.Requests.Count);
    }

    [Fact]
    public async Task A_longer_wait_than_the_route_allows_is_the_callers()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = context =>
        {
            context.Response.Headers.RetryAfter = "60";
            return context.WriteTextAsync(429, "slow down");
        };
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(60), answer.Headers.RetryAfter?.Delta);
        Assert.Single(proxy.Upstream.Requests);
    }

    [Theory]
    [InlineData(200, null, "did not begin to answer within 0.2 s (timeouts.headers)")]
    [InlineData(null, 200, "did not answer to the end within 0.2 s (timeouts.total)")]
    [InlineData(60_000, 200, "did not answer to the end within 0.2 s (timeouts.total)")]
    public async Task An_answer_that_does_not_begin_in_time_is_given_up_with_the_limit_that_was_met(
        int? headersMs, int? totalMs, string expected)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new RouteConfig
        {
            Timeouts = new TimeoutsConfig { Headers = Time(headersMs), Total = Time(totalMs) },
        });
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = context => never.Task.WaitAsync(context.RequestAborted);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.EndsWith(expected + "\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task An_answer_that_has_begun_has_the_rest_of_the_total_to_end()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(new RouteConfig
        {
            Timeouts = new TimeoutsConfig { Total = TimeSpan.FromMilliseconds(500) },
        });
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Upstream.Answer = async context =>
        {
            await context.Response.WriteAsync("the beginning");
            await context.Response.Body.FlushAsync();
            await never.Task.WaitAsync(context.RequestAborted);
        };

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => proxy.Client.GetStringAsync(proxy.Address));
        never.SetResult();
    }

    private static TimeSpan Time(int? milliseconds) =>
        milliseconds is { } given ? TimeSpan.FromMilliseconds(given) : Timeout.InfiniteTimeSpan;
}
