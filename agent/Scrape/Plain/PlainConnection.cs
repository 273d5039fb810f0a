using System.Net;
using System.Net.Sockets;

namespace AmpEdge.Agent.Scrape.Plain;

/// <summary>
/// A connection to one target. On the scrape thread it waits where it is, for as long as that thread has nothing else to do; only then
/// are the runtime's sockets asked to wait, which wakes two threads more at each arrival from then on.
/// </summary>
internal sealed class PlainConnection : IDisposable
{
    /// <summary>New targets, and an agent that is told to stop, wait for the thread no longer than this.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly ScrapeThread _thread;

    private PlainConnection(Socket socket, ScrapeThread thread, bool isWatched)
    {
        _socket = socket;
        _thread = thread;
        IsWatched = isWatched;
    }

    /// <summary>Whether the runtime watches the socket: then it goes on doing so until the end.</summary>
    public bool IsWatched { get; private set; }

    /// <summary>False when the target has closed it, or sent what nobody has asked for.</summary>
    public bool IsIdle => !_socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Connects to the first address of a host that takes it.</summary>
    /// <exception cref="SocketException">None does, or the name has none.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async ValueTask<PlainConnection> OpenAsync(DnsEndPoint server, ScrapeThread thread, CancellationToken cancel)
    {
        if (!thread.IsCurrent)
        {
            return await OpenWatchedAsync(server, thread, cancel);
        }

        IPAddress[] addresses = await ResolveAsync(server.Host, thread, cancel);
        SocketException? refused = null;
        foreach (IPAddress address in addresses)
        {
            IPEndPoint endPoint = new(address, server.Port);
            try
            {
                return TryOpen(endPoint, thread) ?? await OpenWatchedAsync(endPoint, thread, cancel);
            }
            catch (SocketException error)
            {
                refused = error;
            }
        }

        throw refused ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Sends all of it.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        int sent = _socket.Send(bytes.Span, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            throw new SocketException((int)error);
        }

        bytes = bytes[Math.Max(0, sent)..];
        while (!bytes.IsEmpty)
        {
            IsWatched = true;
            bytes = bytes[await _socket.SendAsync(bytes, cancel)..];
        }
    }

    /// <summary>Takes what has come, or waits for it; 0 at the end.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken cancel)
    {
        if (!IsWatched && TryWait(_socket, _thread, SelectMode.SelectRead))
        {
            int received = _socket.Receive(room.Span, SocketFlags.None, out SocketError error);
            if (error == SocketError.Success)
            {
                return new ValueTask<int>(received);
            }

            if (error != SocketError.WouldBlock)
            {
                return ValueTask.FromException<int>(new SocketException((int)error));
            }
        }

        IsWatched = true;
        return _socket.ReceiveAsync(room, cancel);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The addresses of a host; looking up a name takes another thread, and ends on this one.</summary>
    private static async ValueTask<IPAddress[]> ResolveAsync(string host, ScrapeThread thread, CancellationToken cancel)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return [address];
        }

        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancel);
        await thread.ContinueHereAsync(cancel);
        return addresses;
    }

    /// <summary>Connects without the runtime's watch; null when that takes longer than the thread has time.</summary>
    private static PlainConnection? TryOpen(IPEndPoint server, ScrapeThread thread)
    {
        if (thread.SpareTime(s_longestWait) <= TimeSpan.Zero)
        {
            return null;
        }

        Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            if (!IsConnected(socket, server) && !TryWait(socket, thread, SelectMode.SelectWrite))
            {
                socket.Dispose();
                return null;
            }

            SocketError outcome = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return outcome == SocketError.Success ? new PlainConnection(socket, thread, isWatched: false) : throw new SocketException((int)outcome);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins to connect; false when that is under way.</summary>
    private static bool IsConnected(Socket socket, IPEndPoint server)
    {
        try
        {
            socket.Connect(server);
            return true;
        }
        catch (SocketException started) when (started.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return false;
        }
    }

    private static async ValueTask<PlainConnection> OpenWatchedAsync(EndPoint server, ScrapeThread thread, CancellationToken cancel)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancel);
            return new PlainConnection(socket, thread, isWatched: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool TryWait(Socket socket, ScrapeThread thread, SelectMode mode)
    {
        TimeSpan spare = thread.SpareTime(s_longestWait);
        return spare > TimeSpan.Zero && socket.Poll(spare, mode);
    }
}
