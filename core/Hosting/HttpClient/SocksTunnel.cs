using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Asks a SOCKS 5 proxy for a connection (RFC 1928), with user and password when its address has them (RFC 1929).</summary>
internal static class SocksTunnel
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte UserAndPassword = 2;
    private const byte Connect = 1;
    private const byte Ip4 = 1;
    private const byte Name = 3;
    private const byte Ip6 = 4;

    /// <exception cref="HttpRequestException">The proxy refuses or does not speak SOCKS 5.</exception>
    public static async Task OpenAsync(Stream stream, Uri proxy, DnsEndPoint server, CancellationToken cancel)
    {
        NetworkCredential? user = ConfigUrl.CredentialsOf(proxy);
        byte[] answer = new byte[2];
        await stream.WriteAsync(
            user is null ? (byte[])[Version, 1, NoAuthentication] : [Version, 2, NoAuthentication, UserAndPassword], cancel);
        await ReadAsync(stream, proxy, answer, cancel);
        if (answer[0] != Version || !(answer[1] == NoAuthentication || (answer[1] == UserAndPassword && user is not null)))
        {
            throw Refused(proxy, $"it wants authentication method {answer[1]}");
        }

        if (answer[1] == UserAndPassword && user is not null)
        {
            await stream.WriteAsync((byte[])[1, .. Counted(user.UserName), .. Counted(user.Password)], cancel);
            await ReadAsync(stream, proxy, answer, cancel);
            if (answer[1] != 0)
            {
                throw Refused(proxy, "user or password is wrong");
            }
        }

        byte[] port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)server.Port);
        await stream.WriteAsync((byte[])[Version, Connect, 0, .. Address(server.Host), .. port], cancel);
        await ReadReplyAsync(stream, proxy, cancel);
    }

    private static async Task ReadReplyAsync(Stream stream, Uri proxy, CancellationToken cancel)
    {
        byte[] head = new byte[5];
        await ReadAsync(stream, proxy, head, cancel);
        if (head[1] != 0)
        {
            throw Refused(proxy, ReasonOf(head[1]));
        }

        // The address that the proxy is bound to; one byte of it, or of its length, is read already.
        int rest = head[3] switch
        {
            Ip4 => 3,
            Ip6 => 15,
            Name => head[4],
            _ => throw Refused(proxy, $"its reply has an address of unknown type {head[3]}"),
        };
        await ReadAsync(stream, proxy, new byte[rest + 2], cancel);
    }

    private static byte[] Address(string host) =>
        IPAddress.TryParse(host, out IPAddress? address)
            ? [address.GetAddressBytes().Length == 4 ? Ip4 : Ip6, .. address.GetAddressBytes()]
            : [Name, .. Counted(host)];

    /// <summary>A text behind its length, which is one byte.</summary>
    private static byte[] Counted(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return utf8.Length <= byte.MaxValue
            ? [(byte)utf8.Length, .. utf8]
            : throw new HttpRequestException("a host, user or password for a SOCKS proxy is longer than 255 bytes");
    }

    private static async Task ReadAsync(Stream stream, Uri proxy, byte[] buffer, CancellationToken cancel)
    {
        int read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        if (read < buffer.Length)
        {
            throw Refused(proxy, "it closed the connection");
        }
    }

    private static HttpRequestException Refused(Uri proxy, string reason) =>
        new($"SOCKS proxy {proxy.Authority} gives no connection: {reason}");

    private static string ReasonOf(byte reply) => reply switch
    {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "time to live expired",
        _ => $"reply {reply}",
    };
}
