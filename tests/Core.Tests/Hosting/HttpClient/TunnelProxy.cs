using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

/// <summary>A proxy on loopback that opens tunnels to one server, whatever name it is asked for, and keeps what it was asked.</summary>
internal sealed class TunnelProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Task _serving;

    public TunnelProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What CONNECT is answered with.</summary>
    public string Answer { get; set; } = "HTTP/1.1 200 Connection established\r\n\r\n";

    /// <summary>The head of each CONNECT, or <c>user:password@host:port</c> of each SOCKS request.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await TunnelAsync(client.GetStream());
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                Assert.NotNull(error);
            }
        }
    }

    private async Task TunnelAsync(NetworkStream client)
    {
        byte[] first = new byte[1];
        await client.ReadExactlyAsync(first, _stop.Token);
        bool open = first[0] == 5 ? await AnswerSocksAsync(client) : await AnswerConnectAsync(client, (char)first[0]);
        if (!open)
        {
            return;
        }

        using TcpClient server = new();
        await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
        NetworkStream far = server.GetStream();
        await Task.WhenAny(client.CopyToAsync(far, _stop.Token), far.CopyToAsync(client, _stop.Token));
    }

    private async Task<bool> AnswerConnectAsync(NetworkStream client, char first)
    {
        StringBuilder head = new(first.ToString());
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await client.ReadExactlyAsync(one, _stop.Token);
            head.Append((char)one[0]);
        }

        Asked.Enqueue(head.ToString());
        await client.WriteAsync(Encoding.ASCII.GetBytes(Answer), _stop.Token);
        return Answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
    }

    private async Task<bool> AnswerSocksAsync(NetworkStream client)
    {
        byte[] methods = await TakeAsync(client, (await TakeAsync(client, 1))[0]);
        string user = "";
        if (methods.AsSpan().Contains((byte)2))
        {
            await client.WriteAsync((byte[])[5, 2], _stop.Token);
            await TakeAsync(client, 1);
            user = await TakeCountedAsync(client) + ":" + await TakeCountedAsync(client) + "@";
            await client.WriteAsync((byte[])[1, 0], _stop.Token);
        }
        else
        {
            await client.WriteAsync((byte[])[5, 0], _stop.Token);
        }

        byte[] request = await TakeAsync(client, 4);
        string host = request[3] == 3 ? await TakeCountedAsync(client) : new IPAddress(await TakeAsync(client, request[3] == 1 ? 4 : 16)).ToString();
        int port = BinaryPrimitives.ReadUInt16BigEndian(await TakeAsync(client, 2));
        Asked.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{user}{host}:{port}"));
        await client.WriteAsync((byte[])[5, 0, 0, 1, 127, 0, 0, 1, 0, 0], _stop.Token);
        return true;
    }

    private async Task<string> TakeCountedAsync(NetworkStream client) =>
        Encoding.UTF8.GetString(await TakeAsync(client, (await TakeAsync(client, 1))[0]));

    private async Task<byte[]> TakeAsync(NetworkStream client, int count)
    {
        byte[] bytes = new byte[count];
        await client.ReadExactlyAsync(bytes, _stop.Token);
        return bytes;
    }
}
