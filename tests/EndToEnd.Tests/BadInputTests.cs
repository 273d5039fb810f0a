using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Garbage, truncated and bomb-sized bodies against every endpoint of the running programs.</summary>
[Collection(nameof(AloneCollection))]
public sealed class BadInputTests
{
    private const int BombBytes = 64 << 20;

    /// <summary>What the garbage collector may keep for itself, while at least ten times as much passes through.</summary>
    private const double GrowthBytes = BombBytes;

    /// <summary>Where bodies are held whole, each thread's pool may come to keep one of the largest size.</summary>
    private const double GrowthOfPoolsBytes = 2 * BombBytes;

    private const double AllowedBytes = 400 << 20;

    private static readonly string[] s_managementPaths = ["/-/healthy", "/-/ready", "/-/reload", "/metrics", "/nowhere"];

    private static readonly string[] s_agentPaths =
    [
        .. s_managementPaths, "/", "/targets", "/config", "/service-discovery", "/status", "/api/v1/targets", "/api/v1/targets/metadata",
        "/api/v1/metadata", "/api/v1/scrape_pools", "/api/v1/status/config", "/api/v1/status/flags",
        "/api/v1/status/buildinfo", "/api/v1/status/runtimeinfo",
    ];

    [Fact]
    public async Task The_agent_refuses_them_and_does_not_grow()
    {
        using WorkingFolder folder = new();
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, "global: {scrape_interval: 1m}\n");

        await AttackAsync(agent, agent.Port, s_agentPaths);

        Assert.DoesNotContain("level=error", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_proxy_refuses_them_on_both_listeners_and_does_not_grow()
    {
        using WorkingFolder folder = new();
        int adminPort = Ports.Free();
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(server, adminListen: adminPort);

        await AttackAsync(proxy, adminPort, [.. s_managementPaths, "/healthz"]);
        await AttackAsync(
            proxy, proxy.Port, [Pipeline.WritePath, Pipeline.ApiPrefix + "/api/v1/query", "/nowhere"],
            adminPort, GrowthOfPoolsBytes);

        Assert.DoesNotContain("level=error", proxy.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("level=error", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_refuses_them_and_does_not_grow()
    {
        using WorkingFolder folder = new();
        await using RunningProgram server = await Pipeline.StartServerAsync(folder);

        await AttackAsync(
            server, server.Port,
            [.. s_managementPaths, Pipeline.WritePath, Pipeline.ApiPrefix + "/api/v1/query", Pipeline.ApiPrefix + "/api/v1/series"]);

        Assert.DoesNotContain("level=error", server.Output, StringComparison.Ordinal);
    }

    /// <summary>One round fills the pools and loads what is loaded at first use; further ones must leave no more behind.</summary>
    private static async Task AttackAsync(RunningProgram program, int port, string[] paths, int? metricsPort = null, double allowedGrowth = GrowthBytes)
    {
        Gen gen = Gen.Create(311);
        await AttackOnceAsync(program, port, paths, gen);
        double before = await ResidentBytesAsync(metricsPort ?? port);
        for (int round = 0; round < 4; round++)
        {
            await AttackOnceAsync(program, port, paths, gen);
        }

        double after = await ResidentBytesAsync(metricsPort ?? port);
        Assert.True(
            after - before < allowedGrowth && after < AllowedBytes,
            $"{program.Name} went from {before / (1 << 20):F0} to {after / (1 << 20):F0} MiB under {4 * paths.Length} bombs of "
            + $"{BombBytes >> 20} MiB, {gen}");
    }

    private static async Task AttackOnceAsync(RunningProgram program, int port, string[] paths, Gen gen)
    {
        foreach (string path in paths)
        {
            AssertRefused(program, path, await ExchangeAsync(port, path, gen.Bytes(2000), 2000));
            AssertRefused(program, path, await ExchangeAsync(port, path, gen.Bytes(200), 2000));
            AssertRefused(program, path, await ExchangeAsync(port, path, gen.Bytes(200), long.MaxValue));
            AssertRefused(program, path, await BombAsync(port, path));
        }

        Assert.False(program.HasExited, program.Describe("it ended"));
    }

    /// <summary>A refusal, or a page that wants no body and did not look at it; never a fault of the program's own.</summary>
    private static void AssertRefused(RunningProgram program, string path, string answer)
    {
        // Nothing: the connection was cut, as one that is used in such a way may be.
        int status = answer.Length == 0 ? 400 : int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
        Assert.True(
            status is 400 or 403 or 404 or 405 or 408 or 411 or 413 or 415 or 422,
            program.Describe($"POST {path} was answered by {answer.Split("\r\n")[0]}"));
    }

    /// <summary>Says that <paramref name="announced"/> bytes come, sends the given ones and closes its side.</summary>
    private static async Task<string> ExchangeAsync(int port, string path, byte[] body, long announced)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n"
            + $"Connection: close\r\nContent-Length: {announced}\r\n\r\n");
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        return await ReadAsync(stream);
    }

    /// <summary>A body in chunks that says nothing of its size.</summary>
    private static async Task<string> BombAsync(int port, string path)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        Task<string> answer = ReadAsync(stream);
        byte[] chunk = [.. "100000\r\n"u8, .. new byte[1 << 20], .. "\r\n"u8];
        try
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"),
                TestContext.Current.CancellationToken);
            for (int sent = 0; sent < BombBytes && !answer.IsCompleted; sent += 1 << 20)
            {
                await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);
            }
        }
        catch (IOException cut)
        {
            // The server hung up on the rest, which is what it should do.
            Assert.IsType<SocketException>(cut.InnerException);
        }

        return await answer;
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[4096];
        try
        {
            int read = await stream.ReadAtLeastAsync(buffer, 12, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
            return read < 12 ? "" : Encoding.Latin1.GetString(buffer, 0, read);
        }
        catch (IOException cut)
        {
            Assert.IsType<SocketException>(cut.InnerException);
            return "";
        }
    }

    private static async Task<double> ResidentBytesAsync(int port)
    {
        using HttpClient client = new();
        string page = await client.GetStringAsync($"http://127.0.0.1:{port}/metrics", TestContext.Current.CancellationToken);
        const string Name = "\nprocess_resident_memory_bytes ";
        int start = page.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        return double.Parse(page.AsSpan(start, page.IndexOf('\n', start) - start), CultureInfo.InvariantCulture);
    }
}
