using System.Globalization;
using System.Net;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6).</summary>
internal static class ProxyTunnel
{
    private const int MaxAnswerBytes = 16 << 10;

    /// <exception cref="HttpRequestException">The proxy refuses, with its status line, or does not speak HTTP.</exception>
    public static async Task OpenAsync(
        Stream stream, Uri proxy, DnsEndPoint server,
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<Secret>>> headers, CancellationToken cancel)
    {
        string authority = string.Create(
            CultureInfo.InvariantCulture,
            $"{(server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]" : server.Host)}:{server.Port}");
        StringBuilder request = new($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        if (ConfigUrl.AuthorizationOf(proxy) is { } authorization)
        {
            request.Append("Proxy-Authorization: ").Append(authorization).Append("\r\n");
        }

        foreach ((string name, IReadOnlyList<Secret> values) in headers)
        {
            foreach (Secret value in values)
            {
                request.Append(name).Append(": ").Append(value.Reveal()).Append("\r\n");
            }
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.Append("\r\n").ToString()), cancel);
        string status = await ReadStatusAsync(stream, proxy, cancel);
        if (!status.StartsWith("HTTP/1.", StringComparison.Ordinal) || status.Length < 12 || status[9] != '2')
        {
            throw new HttpRequestException($"proxy {proxy.Authority} refused a tunnel to {authority}: {status}");
        }
    }

    /// <summary>The status line; the whole head is read, because what follows it belongs to the tunnel.</summary>
    private static async Task<string> ReadStatusAsync(Stream stream, Uri proxy, CancellationToken cancel)
    {
        byte[] head = new byte[MaxAnswerBytes];
        int length = 0;
        int end;
        while ((end = head.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int read = length == head.Length ? 0 : await stream.ReadAsync(head.AsMemory(length), cancel);
            if (read == 0)
            {
                throw new HttpRequestException($"proxy {proxy.Authority} answered CONNECT with no complete HTTP response");
            }

            length += read;
        }

        // The server speaks only after our part of the handshake, so nothing of the tunnel can have come along.
        if (end + 4 != length && head[9] == (byte)'2')
        {
            throw new HttpRequestException($"proxy {proxy.Authority} sent a body with its answer to CONNECT");
        }

        int lineEnd = head.AsSpan(0, end + 2).IndexOf("\r\n"u8);
        return Encoding.Latin1.GetString(head, 0, Math.Min(lineEnd, 200));
    }
}
