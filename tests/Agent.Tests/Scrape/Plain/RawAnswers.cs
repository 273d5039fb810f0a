using System.Net.Sockets;
using System.Text;
using AmpEdge.Tests.Support;

namespace AmpEdge.Agent.Tests.Scrape.Plain;

/// <summary>A server that answers each request with bytes that a test makes, in pieces, and counts.</summary>
internal sealed class RawAnswers : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Func<int, RawAnswer> _answer;
    private int _connections;
    private int _requests;

    /// <param name="answer">Gets the number of the request, from zero.</param>
    public RawAnswers(Func<int, RawAnswer> answer)
    {
        _answer = answer;
        _listener = new LoopbackListener(ServeAsync);
    }

    public int Port => _listener.Port;

    public int Connections => _connections;

    public int Requests => _requests;

    /// <summary>The head of the last request.</summary>
    public string LastRequest { get; private set; } = "";

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref _connections);
        client.NoDelay = true;
        NetworkStream stream = client.GetStream();
        while (await ReadHeadAsync(stream, stop))
        {
            RawAnswer answer = _answer(Interlocked.Increment(ref _requests) - 1);
            foreach (byte[] piece in answer.Pieces)
            {
                await stream.WriteAsync(piece, stop);
            }

            if (answer.Closes)
            {
                return;
            }
        }
    }

    private async Task<bool> ReadHeadAsync(NetworkStream stream, CancellationToken stop)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, stop) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                LastRequest = head.ToString();
                return true;
            }
        }

        return false;
    }
}
