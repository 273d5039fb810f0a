using System.Globalization;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// A scrape target that answers byte by byte what the test writes, for as long as it writes: cut bodies, resets, bodies without
/// an end. One request per connection.
/// </summary>
public sealed class RawTarget : IAsyncDisposable
{
    private readonly Func<int, TcpClient, CancellationToken, Task> _answer;
    private readonly LoopbackListener _listener;
    private int _requests;

    /// <param name="answer">Gets the number of the request, the first is 1, and its connection.</param>
    public RawTarget(Func<int, TcpClient, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener = new LoopbackListener(ServeAsync);
    }

    public string Address => _listener.Address;

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

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        byte[] request = new byte[8192];
        try
        {
            if (await client.GetStream().ReadAsync(request, stop) > 0)
            {
                await _answer(Interlocked.Increment(ref _requests), client, stop);
            }
        }
        catch (InvalidOperationException) when (!client.Connected)
        {
            // The scraper hung up before there was a stream to be had.
            return;
        }
    }
}
