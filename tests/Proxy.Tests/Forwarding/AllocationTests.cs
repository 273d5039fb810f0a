using System.Globalization;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>
/// What a request costs the collector, through the listener, YARP and the client. Caller and upstream allocate nothing, so that all
/// of it is the proxy's.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class AllocationTests
{
    private const int Requests = 500;

    // 6,300 were measured of a Release build; in Debug the state of every async method is an object of its own.
    private const int MostBytesOfQuery = 10_000;

    private const string Query =
        "GET /api/v1/query?query=sum%20by%20(job)%20(rate(http_requests_total%5B5m%5D))&time=1763870000 HTTP/1.1\r\nHost: h\r\nUser-Agent: Grafana/11.1.0\r\nAccept: application/json\r\n\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_allocates_little_and_its_body_nothing()
    {
        double query = await MeasureAsync(Query, 0);
        double small = await MeasureAsync(Write(1 << 10), 1 << 10);
        double write = await MeasureAsync(Write(64 << 10), 64 << 10);
        double large = await MeasureAsync(Write(1 << 20), 1 << 20);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"bytes a request: query {query:0}, write of 1 KiB {small:0}, of 64 KiB {write:0}, of 1 MiB {large:0}"));

        Assert.InRange(query, 1, MostBytesOfQuery);
        Assert.InRange(small / query, 0.1, 1.5);
        Assert.InRange(write / small, 0.1, 1.5);
        // 16 blocks to write, and what waiting for each may cost.
        Assert.InRange(large / small, 0.1, 2);
    }

    private static string Write(int length) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST /api/v1/remote_write HTTP/1.1\r\nHost: h\r\nUser-Agent: Prometheus/2.53.0\r\nContent-Encoding: snappy\r\nContent-Type: application/x-protobuf\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\nContent-Length: {length}\r\n\r\n");

    private static async Task<double> MeasureAsync(string head, int bodyBytes)
    {
        await using LoopbackListener upstream = new((connection, stop) => AnswerAsync(connection.Client, bodyBytes, stop));
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(host: upstream.Address, level: LogLevel.Information);
        byte[] request = new byte[head.Length + bodyBytes];
        Encoding.ASCII.GetBytes(head, request);
        using Socket caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await caller.ConnectAsync(proxy.Address.Host, proxy.Address.Port, Cancel);
        byte[] answer = new byte[16 << 10];
        long before = 0;
        for (int count = -Requests; count < Requests; count++)
        {
            before = count == 0 ? GC.GetTotalAllocatedBytes(precise: true) : before;
            await ExchangeAsync(caller, request, answer);
        }

        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
    }

    private static async ValueTask ExchangeAsync(Socket caller, byte[] request, byte[] answer)
    {
        for (int sent = 0; sent < request.Length;)
        {
            sent += await caller.SendAsync(request.AsMemory(sent), SocketFlags.None, Cancel);
        }

        int received = 0;
        while (!answer.AsSpan(0, received).EndsWith("\r\n\r\nok"u8))
        {
            int count = await caller.ReceiveAsync(answer.AsMemory(received), SocketFlags.None, Cancel);
            Assert.True(count > 0, "the proxy closed the connection");
            received += count;
        }

        Assert.True(answer.AsSpan(0, received).StartsWith("HTTP/1.1 200"u8), Encoding.ASCII.GetString(answer, 0, received));
    }

    /// <summary>Reads whole requests and answers each with the same bytes, allocating nothing.</summary>
    private static async Task AnswerAsync(Socket connection, int bodyBytes, CancellationToken stop)
    {
        byte[] buffer = new byte[(8 << 10) + bodyBytes];
        ReadOnlyMemory<byte> answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();
        int received = 0;
        while (true)
        {
            int count = await connection.ReceiveAsync(buffer.AsMemory(received), SocketFlags.None, stop);
            if (count == 0)
            {
                return;
            }

            received += count;
            int head = buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
            if (head >= 0 && received == head + 4 + bodyBytes)
            {
                received = 0;
                await connection.SendAsync(answer, SocketFlags.None, stop);
            }
        }
    }
}
