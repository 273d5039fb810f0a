using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>A real proxy that has run out of file descriptors: it rests, says so, and goes on when there are some again.</summary>
public sealed class FileDescriptorTests
{
    private const int Left = 8;
    private const int Callers = 40;

    [Fact]
    public async Task A_listener_without_file_descriptors_rests_is_counted_and_recovers()
    {
        using ScriptedTarget upstream = new(static _ => "up 1\n");
        int port = Ports.Free();
        int admin = Ports.Free();
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, port,
            [
                $"--host={upstream.Address}", "--upstream-url-scheme=http", $"--region={Pipeline.Region}",
                string.Create(CultureInfo.InvariantCulture, $"--port={port}"),
                string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{admin}"),
            ],
            new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDFILES", ["AWS_SECRET_ACCESS_KEY"] = "secret" });
        await proxy.WaitUntilReadyAsync("/metrics");
        // One connection from before that stays: a new one would not be taken either.
        using HttpClient pages = new() { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{admin}/")) };
        Assert.Equal(0, await FailuresAsync(pages));
        Limit(proxy.ProcessId, Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{proxy.ProcessId}/fd")).Length + Left);

        List<TcpClient> callers = [];
        try
        {
            for (int count = 0; count < Callers; count++)
            {
                TcpClient caller = new();
                callers.Add(caller);
                await caller.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            }

            await Eventually.TrueAsync(
                async () => await FailuresAsync(pages) >= 2, () => proxy.Describe("no failure to accept was counted"));
        }
        finally
        {
            callers.ForEach(static caller => caller.Dispose());
        }

        await Eventually.TrueAsync(
            async () =>
            {
                using HttpClient caller = new();
                using HttpResponseMessage answer = await caller.GetAsync(
                    $"http://{proxy.Address}/metrics", TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode;
            },
            () => proxy.Describe("it does not take connections again"));
        Assert.Equal(0, await proxy.StopAsync());
        Assert.Contains("Too many open files", proxy.Output, StringComparison.Ordinal);
    }

    private static async Task<double> FailuresAsync(HttpClient pages)
    {
        const string Series = "ampedge_proxy_http_accept_failures_total ";
        string page = await pages.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        foreach (string line in page.Split('\n'))
        {
            if (line.StartsWith(Series, StringComparison.Ordinal))
            {
                return double.Parse(line[Series.Length..], CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"there is no {Series}in\n{page}");
    }

    private static void Limit(int processId, int files)
    {
        using Process limiting = Process.Start(
            "/usr/bin/prlimit", [string.Create(CultureInfo.InvariantCulture, $"--pid={processId}"), string.Create(CultureInfo.InvariantCulture, $"--nofile={files}:")]);
        limiting.WaitForExit();
        Assert.Equal(0, limiting.ExitCode);
    }
}
