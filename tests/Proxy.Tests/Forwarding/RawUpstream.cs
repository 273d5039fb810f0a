using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using AmpEdge.Tests.Support;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>An upstream that keeps what arrives byte for byte and answers with the bytes of the test, well-formed or not.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Func<NetworkStream, CancellationToken, Task> _answer;
    private int _connections;

    public RawUpstream(string answer)
        : this((stream, stop) => stream.WriteAsync(Encoding.Latin1.GetBytes(answer), stop).AsTask())
    {
    }

    /// <param name="answer">Answers one request; the connection ends after it.</param>
    public RawUpstream(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener = new LoopbackListener(ServeAsync);
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_listener.Port}");

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Heads, without their last empty line, and bodies.</summary>
    public ConcurrentQueue<(string Head, string Body)> Requests { get; } = [];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient connection, CancellationToken stop)
    {
        Interlocked.Increment(ref _connections);
        NetworkStream stream = connection.GetStream();
        List<byte> read = [];
        byte[] one = new byte[1];
        while (!Encoding.Latin1.GetString([.. read]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop) == 0)
            {
                return;
            }

            read.Add(one[0]);
        }

        string head = Encoding.Latin1.GetString([.. read])[..^4];
        byte[] body = new byte[LengthOf(head)];
        await stream.ReadExactlyAsync(body, stop);
        Requests.Enqueue((head, Encoding.Latin1.GetString(body)));
        await _answer(stream, stop);
    }

    private static int LengthOf(string head)
    {
        foreach (string line in head.Split("\r\n"))
        {
            if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
            {
                return int.Parse(line.AsSpan(16), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
