using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// A scrape target that answers byte by byte what the test writes, for as long as it writes: cut bodies, resets, bodies without
/// an end. One request per connection.
/// </summary>
public sealed class RawTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<int, TcpClient, CancellationToken, Task> _answer;
    private readonly Task _loop;
    private int _requests;

    /// <param name="answer">Gets the number of the request, the first is 1, and its connection.</param>
    public RawTarget(Func<int, TcpClient, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = _listener.LocalEndpoint.ToString() ?? "";
        _loop = Task.Run(AcceptAsync);
    }

    public string Address { get; }

    /// <summary>How many requests came.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>A page with its true length.</summary>
    public static byte[] Page(string text) => Page(text, Encoding.UTF8.GetByteCount(text));

    /// <summary>A page that says to be so long.</summary>
    public static byte[] Page(string text, long length) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{Head}Content-Length: {length}\r\n\r\n{text}"));

    /// <summary>The beginning of an answer of text, up to the headers that say how long it is.</summary>
    public const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n";

    /// <summary>Sends nothing more until the other side hangs up.</summary>
    public static async Task WaitForHangUpAsync(TcpClient client, CancellationToken stop)
    {
        byte[] nothing = new byte[1];
        while (await client.GetStream().ReadAsync(nothing, stop) > 0)
        {
            continue;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _connections.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                byte[] request = new byte[8192];
                if (await client.GetStream().ReadAsync(request, _stop.Token) > 0)
                {
                    await _answer(Interlocked.Increment(ref _requests), client, _stop.Token);
                }
            }
            catch (Exception gone)
                when (gone is IOException or OperationCanceledException or SocketException or InvalidOperationException)
            {
                // The scraper has seen enough or hung up, or the test is over.
                return;
            }
        }
    }
}
