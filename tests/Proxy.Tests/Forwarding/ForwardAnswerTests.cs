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

/// <summary>How answers come back to the caller.</summary>
public sealed class ForwardAnswerTests
{
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
    public async Task Failed_answers_are_logged_with_their_text_and_still_arrive_whole()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(
            settings: new ProxySettings { LogFailedRequests = true });
        string text = "refused: session-token " + new string('x', 20_000) + "end";
        proxy.Upstream.Answer = context => context.WriteTextAsync(403, text);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(proxy.Address);

        Assert.Equal(text + "\n", await answer.Content.ReadAsStringAsync());
        Assert.Contains("refused: <hidden> xxx", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("session-token", proxy.Log, StringComparison.Ordinal);
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
}
