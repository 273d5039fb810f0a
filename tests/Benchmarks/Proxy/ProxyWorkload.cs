using System.Globalization;
using System.Text;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>One kind of request, as it is sent again and again.</summary>
/// <param name="Name">As it is given and printed.</param>
/// <param name="Request">The bytes on the wire, but for the port in the Host header, which no proxy under test looks at.</param>
/// <param name="RequestsPerSecond">While latencies are measured: well below what the slowest of the peers does.</param>
internal sealed record ProxyWorkload(string Name, byte[] Request, int RequestsPerSecond)
{
    public const string Api = "/workspaces/ws-0a1b2c3d-0000-4000-8000-000000000001/api/v1";
    public const int LargeAnswerBytes = 10_000_000;

    public static IReadOnlyList<ProxyWorkload> All { get; } =
    [
        new("write-64k", Write(64 << 10), 200),
        new("write-1m", Write(1 << 20), 20),
        new("query", Get("/query?query=sum%20by%20(job)%20(rate(http_requests_total%5B5m%5D))&time=1763870000"), 400),
        new("answer-10m", Get("/query_range"), 5),
    ];

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ProxyWorkload Find(string name)
    {
        foreach (ProxyWorkload workload in All)
        {
            if (workload.Name == name)
            {
                return workload;
            }
        }

        throw new ArgumentException($"workload '{name}' is not known, allowed: write-64k, write-1m, query, answer-10m");
    }

    private static byte[] Get(string target) => Encoding.ASCII.GetBytes(
        $"GET {Api}{target} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Grafana/11.1.0\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n\r\n");

    private static byte[] Write(int length)
    {
        byte[] head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {Api}/remote_write HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Prometheus/2.53.0\r\nContent-Encoding: snappy\r\nContent-Type: application/x-protobuf\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\nContent-Length: {length}\r\n\r\n"));
        byte[] request = new byte[head.Length + length];
        head.CopyTo(request, 0);
        for (int index = head.Length; index < request.Length; index++)
        {
            request[index] = (byte)((index * 2654435761L) >> 13);
        }

        return request;
    }
}
