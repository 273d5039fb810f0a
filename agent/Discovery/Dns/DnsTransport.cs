using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AmpEdge.Agent.Discovery;

/// <summary>Carries one query to one server and its response back. Each query has a socket, and so a port, of its own.</summary>
internal static class DnsTransport
{
    private const int LengthPrefixBytes = 2;

    /// <summary>Asks by datagram. What is no answer to the query is passed over: it may be late, or forged.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public static async Task<byte[]> AskByUdpAsync(IPEndPoint server, DnsQuery query, CancellationToken cancel)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

        // A connected datagram socket takes datagrams of that server only, and learns that nobody listens there.
        await socket.ConnectAsync(server, cancel);
        await socket.SendAsync(query.Bytes, cancel);
        byte[] buffer = new byte[ushort.MaxValue];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, cancel);
            if (DnsMessageReader.IsAnswerTo(query, buffer.AsSpan(0, length)))
            {
                return buffer[..length];
            }
        }
    }

    /// <summary>Asks over a connection, where answers may have up to 65,535 bytes.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="IOException">The connection ended early, or brought something else than the answer.</exception>
    public static async Task<byte[]> AskByTcpAsync(IPEndPoint server, DnsQuery query, CancellationToken cancel)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancel);
        await using NetworkStream stream = new(socket);
        byte[] framed = new byte[LengthPrefixBytes + query.Bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Bytes.Length);
        query.Bytes.CopyTo(framed, LengthPrefixBytes);
        await stream.WriteAsync(framed, cancel);
        await stream.ReadExactlyAsync(framed.AsMemory(0, LengthPrefixBytes), cancel);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(framed)];
        await stream.ReadExactlyAsync(answer, cancel);
        return DnsMessageReader.IsAnswerTo(query, answer)
            ? answer
            : throw new IOException($"{server} answered another question than '{query.Name}'");
    }
}
