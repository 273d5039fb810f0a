using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>
/// A real proxy with few file descriptors and more callers than it has: it keeps those that it needs itself, says so, and goes on when
/// the callers have gone.
/// </summary>
public sealed class FileDescriptorTests
{
    // As it is built, not published, it holds some 150 by itself: it loads more assemblies, at two each.
    private const int Limit = 400;
    private const int IdleCallers = 450;
    private const int Writers = 4;

    [Fact]
    public async Task A_proxy_with_few_file_descriptors_survives_a_flood_of_callers()
    {
        using ScriptedTarget upstream = new(static _ => "taken\n");
        int port = Ports.Free();
        int admin = Ports.Free();
        await using RunningProgram proxy = Start(upstream, port, admin);
        Uri pages = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{admin}/"));
        // Not through the listener that is flooded: what the first request loads is then loaded in the worst moment.
        await proxy.WaitUntilReadyAsync(new Uri(pages, "healthz").ToString());
        Assert.Equal(0, await FailuresAsync(pages));

        using CancellationTokenSource flood = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(_ => WriteAsync(proxy.Address, flood.Token))];
        List<Socket> idle = [];
        try
        {
            for (int count = 0; count < IdleCallers; count++)
            {
                idle.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
                await idle[^1].ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            }

            // On a connection of its own each time: pages of upkeep are answered all the while.
            await Eventually.TrueAsync(
                async () => await FailuresAsync(pages) >= 2, () => proxy.Describe("no rest of the listener was counted"));
        }
        finally
        {
            idle.ForEach(static caller => caller.Dispose());
        }

        await flood.CancelAsync();
        await Task.WhenAll(writers);
        await Eventually.TrueAsync(
            async () => await TryWriteAsync(proxy.Address, TestContext.Current.CancellationToken) == HttpStatusCode.OK,
            () => proxy.Describe("writes do not pass again"));
        Assert.Equal(0, await proxy.StopAsync());
        Assert.Contains($"too few file descriptors are left of {Limit}", proxy.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("level=error", proxy.Output, StringComparison.Ordinal);
    }

    private static RunningProgram Start(ScriptedTarget upstream, int port, int admin) => RunningProgram.Start(
        "/bin/sh", port,
        [
            "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {Limit}; exec \"$0\" \"$@\""), Programs.Proxy,
            $"--host={upstream.Address}", "--upstream-url-scheme=http", $"--region={Pipeline.Region}",
            string.Create(CultureInfo.InvariantCulture, $"--port={port}"),
            string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{admin}"),
        ],
        new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDFILES", ["AWS_SECRET_ACCESS_KEY"] = "secret" });

    /// <summary>Callers that want something, whatever becomes of it, until they are told to end.</summary>
    private static async Task WriteAsync(string address, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await TryWriteAsync(address, cancel);
        }
    }

    private static async Task<HttpStatusCode?> TryWriteAsync(string address, CancellationToken cancel)
    {
        using HttpClient caller = new() { Timeout = TimeSpan.FromSeconds(2) };
        using ByteArrayContent body = new(new byte[1000]);
        try
        {
            using HttpResponseMessage answer = await caller.PostAsync($"http://{address}/api/v1/remote_write", body, cancel);
            return answer.StatusCode;
        }
        catch (Exception waiting) when (waiting is HttpRequestException or OperationCanceledException)
        {
            // In the backlog, or let go when the flood ended.
            return null;
        }
    }

    private static async Task<double> FailuresAsync(Uri pages)
    {
        const string Series = "ampedge_proxy_http_accept_failures_total ";
        using HttpClient caller = new() { BaseAddress = pages };
        string page = await caller.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        foreach (string line in page.Split('\n'))
        {
            if (line.StartsWith(Series, StringComparison.Ordinal))
            {
                return double.Parse(line[Series.Length..], CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"there is no {Series}in\n{page}");
    }
}
