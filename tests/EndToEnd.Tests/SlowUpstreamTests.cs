using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The real proxy before an upstream that is slow, falls silent or breaks off: what is whole arrives, and nothing broken looks whole.</summary>
public sealed class SlowUpstreamTests
{
    private const string Whole = "0123456789";

    [Fact]
    public async Task Slow_answers_arrive_and_broken_ones_are_broken_for_the_caller()
    {
        await using LoopbackListener upstream = new(ServeAsync);
        using WorkingFolder folder = new();
        int port = Ports.Free();
        int admin = Ports.Free();
        string file = folder.Write("proxy.yml", string.Create(CultureInfo.InvariantCulture, $$"""
            listeners: [{name: pod, address: "127.0.0.1:{{port}}"}]
            routes:
              - name: slow
                upstream: http://127.0.0.1:{{upstream.Port}}
                sigv4: {region: {{Pipeline.Region}}}
                timeouts: {headers: 2s, idle: 3s}
                retries: {max_attempts: 1}
            """));
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, port,
            ["--config.file", file, string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{admin}")],
            new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDSLOW", ["AWS_SECRET_ACCESS_KEY"] = "secret" });
        await proxy.WaitUntilReadyAsync(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{admin}/-/ready"));

        using HttpResponseMessage late = await proxy.Http.GetAsync("/late", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);
        Assert.Contains(
            "2 s (timeouts.headers", await late.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(Whole, await proxy.GetAsync("/trickle"));
        foreach (string broken in (string[])["/silent", "/half-closed", "/reset"])
        {
            Exception? error = await Record.ExceptionAsync(
                () => proxy.Http.GetStringAsync(broken, TestContext.Current.CancellationToken));
            Assert.True(error is HttpRequestException or IOException, proxy.Describe($"{broken} looked whole: {error}"));
        }

        Assert.Equal(Whole, await proxy.GetAsync("/trickle"));
        using HttpClient pages = new() { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{admin}/")) };
        await Eventually.TrueAsync(
            async () => (await pages.GetStringAsync("/metrics", TestContext.Current.CancellationToken))
                .Contains("ampedge_proxy_route_requests_in_flight{route=\"slow\"} 0\n", StringComparison.Ordinal),
            () => proxy.Describe("a request has not ended"));
    }

    private static async Task ServeAsync(TcpClient connection, CancellationToken stop)
    {
        NetworkStream stream = connection.GetStream();
        using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
        string path = (await reader.ReadLineAsync(stop) ?? "").Split(' ')[1];
        while (await reader.ReadLineAsync(stop) is { Length: > 0 })
        {
            // The head alone matters.
        }

        if (path == "/late")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }

        await SendAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {Whole.Length}\r\nConnection: close\r\n\r\n", stop);
        if (path == "/trickle")
        {
            // Longer in all than the limits of the head and of silence.
            foreach (char one in Whole)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System, stop);
                await SendAsync(stream, one.ToString(), stop);
            }

            return;
        }

        await SendAsync(stream, Whole[..4], stop);
        switch (path)
        {
            case "/silent":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                break;
            case "/half-closed":
                connection.Client.Shutdown(SocketShutdown.Send);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                break;
            default:
                connection.Client.Close(0);
                break;
        }
    }

    private static async Task SendAsync(NetworkStream stream, string text, CancellationToken stop)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop);
        await stream.FlushAsync(stop);
    }
}
