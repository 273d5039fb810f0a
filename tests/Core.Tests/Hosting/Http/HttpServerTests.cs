using System.Net.Sockets;
using System.Text;
using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

public sealed class HttpServerTests : ListenerTests
{
    [Fact]
    public async Task A_client_that_never_takes_its_answer_is_cut_off()
    {
        TaskCompletionSource cutOff = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Routes.Map("GET", "/big", async context =>
        {
            context.RequestAborted.Register(cutOff.SetResult);
            byte[] part = new byte[1 << 16];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
        });
        // What is waiting at once is several parts, and each may take its size divided by the rate.
        await StartAsync(new HttpServerOptions
        {
            ListenAddress = "127.0.0.1:0", DataRateGrace = TimeSpan.FromSeconds(1.1), MinBytesPerSecond = 1 << 24,
        });
        using TcpClient client = new() { ReceiveBufferSize = 4096 };
        await client.ConnectAsync("127.0.0.1", Address.Port, TestContext.Current.CancellationToken);

        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"), TestContext.Current.CancellationToken);

        await cutOff.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Requests_of_one_connection_do_not_see_each_others_values()
    {
        Routes.Map("GET", "/a/{one}", context => context.WriteTextAsync(200, context.RouteValue("one")));
        Routes.Map("GET", "/b", context =>
            context.WriteTextAsync(200, context.Request.RouteValues.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await StartAsync();

        string answer = await RawAsync(
            "GET /a/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.EndsWith("\r\n0\n", answer, StringComparison.Ordinal);
    }

    protected override IComponent Create(HttpServerOptions options) =>
        new HttpServer("web", options, Routes, Metrics, NullLoggerFactory.Instance, TimeProvider.System);

    protected override Uri AddressOf(IComponent server) => ((HttpServer)server).Address;

    protected override void MapReader(string path) => Routes.Map("POST", path, async context =>
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await context.WriteTextAsync(200, "read");
    });
}
