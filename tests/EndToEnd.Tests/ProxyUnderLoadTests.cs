using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>What breaks proxies that buffer, wait for everybody, or end in the middle.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ProxyUnderLoadTests
{
    private const string Path = "/api/v1/query_range?query=up";

    [Fact]
    public async Task An_answer_of_five_gibibytes_streams_through_in_flat_memory()
    {
        const long Length = 5L << 30;
        await using LoopbackListener upstream = new((connection, stop) => AnswerAsync(connection, Length, stop));
        (RunningProgram proxy, _) = await StartProxyAsync(upstream.Address);
        await using RunningProgram stopped = proxy;
        double before = ResidentMiB(proxy, "VmRSS:");
        using Socket caller = await AskAsync(proxy.Port, $"GET {Path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        byte[] buffer = new byte[1 << 20];
        long received = 0;
        int count;
        while ((count = await caller.ReceiveAsync(buffer, TestContext.Current.CancellationToken)) > 0)
        {
            received += count;
        }

        double most = ResidentMiB(proxy, "VmHWM:");
        Assert.InRange(received, Length, Length + 1024);
        Assert.True(most - before < 60, $"{before:0} MiB at rest, {most:0} at most");
    }

    [Fact]
    public async Task Ten_thousand_slow_callers_neither_keep_others_out_nor_stay()
    {
        int callers = Math.Min(10_000, MostOpenFiles() - 2_000);
        await using LoopbackListener upstream = new((connection, stop) => AnswerAsync(connection, 2, stop));
        (RunningProgram proxy, _) = await StartProxyAsync(upstream.Address, "--max-connections=12000");
        await using RunningProgram stopped = proxy;
        double before = ResidentMiB(proxy, "VmRSS:");
        List<Socket> slow = [];
        try
        {
            for (int caller = 0; caller < callers; caller++)
            {
                // Half of them never end their headers, the others stop in the middle of a body.
                slow.Add(await AskAsync(proxy.Port, caller % 2 == 0
                    ? "GET /slow HTTP/1.1\r\nHost: h\r\nX-Slow: "
                    : "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\nhalf"));
            }

            Assert.Equal(2, (await proxy.GetAsync(Path)).Length);
            double with = ResidentMiB(proxy, "VmHWM:");
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{callers} slow callers: {before:0} MiB before, {with:0} with them"));
            Assert.True(with - before < 400, $"{callers} slow callers: {before:0} MiB before, {with:0} with them");

            foreach (Socket caller in slow)
            {
                await EndAsync(caller);
            }

            Assert.Equal(2, (await proxy.GetAsync(Path)).Length);
        }
        finally
        {
            slow.ForEach(caller => caller.Dispose());
        }
    }

    [Fact]
    public async Task A_stop_under_load_loses_no_request_and_says_first_that_it_is_not_ready()
    {
        const int Callers = 16;
        int arrived = 0;
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using LoopbackListener upstream = new(async (connection, stop) =>
        {
            NetworkStream stream = connection.GetStream();
            while (await ReadHeadAsync(stream, stop))
            {
                if (Interlocked.Increment(ref arrived) > 500)
                {
                    // Held until the stop has begun: these are the ones that it must wait for.
                    await goOn.Task.WaitAsync(stop);
                }

                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), stop);
            }
        });
        (RunningProgram proxy, string admin) = await StartProxyAsync(upstream.Address);
        await using RunningProgram stopped = proxy;
        Task<int>[] callers = new Task<int>[Callers];
        for (int caller = 0; caller < Callers; caller++)
        {
            callers[caller] = Task.Run(() => CallUntilClosedAsync(proxy.Port));
        }

        await Eventually.TrueAsync(
            () => Task.FromResult(Volatile.Read(ref arrived) >= 500 + Callers), () => proxy.Describe($"{arrived} requests arrived"));
        Task<int> stopping = proxy.StopAsync();
        using HttpClient probe = new();
        await Eventually.TrueAsync(
            async () => await StatusAsync(probe, $"{admin}/-/ready") == HttpStatusCode.ServiceUnavailable,
            () => proxy.Describe("it is ready while it stops"));
        goOn.SetResult();
        int answered = 0;
        foreach (Task<int> caller in callers)
        {
            answered += await caller;
        }

        Assert.Equal(0, await stopping);
        Assert.Equal(Volatile.Read(ref arrived), answered);
    }

    /// <summary>Sends one request after the other until the proxy says that it closes; returns how many whole answers came.</summary>
    private static async Task<int> CallUntilClosedAsync(int port)
    {
        using Socket socket = await AskAsync(port, "");
        byte[] request = Encoding.ASCII.GetBytes($"GET {Path} HTTP/1.1\r\nHost: h\r\n\r\n");
        byte[] buffer = new byte[4096];
        int answered = 0;
        while (true)
        {
            await socket.SendAsync(request, TestContext.Current.CancellationToken);
            string answer = "";
            while (!answer.EndsWith("\r\n\r\nok", StringComparison.Ordinal))
            {
                int count = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
                Assert.True(count > 0, $"the connection ended after {answered} answers, in the middle of one: '{answer}'");
                answer += Encoding.ASCII.GetString(buffer, 0, count);
            }

            answered++;
            if (answer.Contains("Connection: close", StringComparison.OrdinalIgnoreCase))
            {
                return answered;
            }
        }
    }

    private static async Task<(RunningProgram Proxy, string Admin)> StartProxyAsync(string upstream, params string[] flags)
    {
        int port = Ports.Free();
        string admin = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Ports.Free()}");
        RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy,
            port,
            [
                "--name=aps", $"--region={Pipeline.Region}", $"--host={upstream}", "--upstream-url-scheme=http",
                string.Create(CultureInfo.InvariantCulture, $"--port={port}"), $"--admin.listen-address={admin}", .. flags,
            ],
            new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDLOAD", ["AWS_SECRET_ACCESS_KEY"] = "secret" });
        await proxy.WaitUntilReadyAsync($"http://{admin}/-/ready");
        return (proxy, $"http://{admin}");
    }

    private static async Task<Socket> AskAsync(int port, string request)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Waits until the proxy has given a caller up.</summary>
    private static async Task EndAsync(Socket caller)
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (await caller.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
                // 408, then the end.
            }
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }

    private static async Task AnswerAsync(TcpClient connection, long length, CancellationToken stop)
    {
        NetworkStream stream = connection.GetStream();
        byte[] block = new byte[1 << 20];
        while (await ReadHeadAsync(stream, stop))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")), stop);
            for (long rest = length; rest > 0; rest -= block.Length)
            {
                await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(rest, block.Length)), stop);
            }
        }
    }

    /// <summary>False at the end of the connection.</summary>
    private static async Task<bool> ReadHeadAsync(NetworkStream stream, CancellationToken stop)
    {
        byte[] buffer = new byte[8192];
        int length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length), stop);
            if (count == 0)
            {
                return false;
            }

            length += count;
        }

        return true;
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient client, string address)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Gone already.
            return null;
        }
    }

    private static double ResidentMiB(RunningProgram program, string name)
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{program.ProcessId}/status")))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return double.Parse(line.AsSpan(name.Length).TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) / 1024;
            }
        }

        throw new InvalidOperationException($"there is no {name} of {program.Name}");
    }

    /// <summary>What this process, and with it the proxy, may have open; the runtime has raised it as far as it goes.</summary>
    private static int MostOpenFiles()
    {
        foreach (string line in File.ReadLines("/proc/self/limits"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts is ["Max", "open", "files", string soft, ..])
            {
                return int.TryParse(soft, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;
            }
        }

        throw new InvalidOperationException("/proc/self/limits says nothing of open files");
    }
}
