using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Tests.Support;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

/// <summary>A proxy on loopback that opens tunnels to one server, whatever name it is asked for, and keeps what it was asked.</summary>
internal sealed class TunnelProxy : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly int _serverPort;

    public TunnelProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener = new LoopbackListener(TunnelAsync);
    }

    public int Port => _listener.Port;

    /// <summary>What CONNECT is answered with.</summary>
    public string Answer { get; set; } = "HTTP/1.1 200 Connection established\r\n\r\n";

    /// <summary>The head of each CONNECT, or <c>user:password@host:port</c> of each SOCKS request.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task TunnelAsync(TcpClient connection, CancellationToken stop)
    {
        NetworkStream client = connection.GetStream();
        byte[] first = new byte[1];
        await client.ReadExactlyAsync(first, stop);
        bool open = first[0] == 5 ? await AnswerSocksAsync(client, stop) : await AnswerConnectAsync(client, (char)first[0], stop);
        if (!open)
        {
            return;
        }

        using TcpClient server = new();
        await server.ConnectAsync(IPAddress.Loopback, _serverPort, stop);
        NetworkStream far = server.GetStream();
        await Task.WhenAny(client.CopyToAsync(far, stop), far.CopyToAsync(client, stop));
    }

    private async Task<bool> AnswerConnectAsync(NetworkStream client, char first, CancellationToken stop)
    {
        StringBuilder head = new(first.ToString());
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await client.ReadExactlyAsync(one, stop);
            head.Append((char)one[0]);
        }

        Asked.Enqueue(head.ToString());
        await client.WriteAsync(Encoding.ASCII.GetBytes(Answer), stop);
        return Answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
    }

    private async Task<bool> AnswerSocksAsync(NetworkStream client, CancellationToken stop)
    {
        byte[] methods = await TakeAsync(client, (await TakeAsync(client, 1, stop))[0], stop);
        string user = "";
        if (methods.AsSpan().Contains((byte)2))
        {
            await client.WriteAsync((byte[])[5, 2], stop);
            await TakeAsync(client, 1, stop);
            user = await TakeCountedAsync(client, stop) + ":" + await TakeCountedAsync(client, stop) + "@";
            await client.WriteAsync((byte[])[1, 0], stop);
        }
        else
        {
            await client.WriteAsync((byte[])[5, 0], stop);
        }

        byte[] request = await TakeAsync(client, 4, stop);
        string host = request[3] == 3 ? await TakeCountedAsync(client, stop) : new IPAddress(await TakeAsync(client, request[3] == 1 ? 4 : 16, stop)).ToString();
        int port = BinaryPrimitives.ReadUInt16BigEndian(await TakeAsync(client, 2, stop));
        Asked.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{user}{host}:{port}"));
        await client.WriteAsync((byte[])[5, 0, 0, 1, 127, 0, 0, 1, 0, 0], stop);
        return true;
    }

    private static async Task<string> TakeCountedAsync(NetworkStream client, CancellationToken stop) =>
        Encoding.UTF8.GetString(await TakeAsync(client, (await TakeAsync(client, 1, stop))[0], stop));

    private static async Task<byte[]> TakeAsync(NetworkStream client, int count, CancellationToken stop)
    {
        byte[] bytes = new byte[count];
        await client.ReadExactlyAsync(bytes, stop);
        return bytes;
    }
}
