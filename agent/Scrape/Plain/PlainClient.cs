using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AmpEdge.Agent.Scrape.Plain;

/// <summary>
/// Asks one target the same again and again, over plain HTTP/1.1 and a connection of its own: no pool, no request that is written anew,
/// no answer beyond the usual. Anything else is for the general client.
/// </summary>
/// <remarks>docs/decisions/0010-the-scrape-thread.md. Not thread-safe: one exchange at a time.</remarks>
internal sealed class PlainClient : IDisposable
{
    /// <summary>A connection that was idle for longer may have been forgotten by something on the way.</summary>
    private static readonly TimeSpan s_longestIdle = TimeSpan.FromMinutes(5);

    /// <summary>What an exchange counts that the thread could not wait for, one that it could, and with which sum a target is a slow one.</summary>
    private const int SlowStep = 3;
    private const int QuickStep = 1;
    private const int SlowSum = 9;

    private readonly ScrapeThread _thread;
    private readonly DnsEndPoint _server;
    private readonly byte[] _request;
    private readonly ReceiveBuffer _buffer = new();
    private readonly AnswerBody _body;
    private long _lastUsed;
    private bool _keepsAlive;
    private int _slowness;

    /// <param name="url">What is asked for: http, without a user.</param>
    /// <param name="fields">The header beside <c>Host</c>.</param>
    /// <param name="thread">Where exchanges are waited for while it has time.</param>
    public PlainClient(Uri url, IReadOnlyList<KeyValuePair<string, string>> fields, ScrapeThread thread)
    {
        _thread = thread;
        _server = new DnsEndPoint(url.IdnHost, url.Port);
        _body = new AnswerBody(_buffer);
        _request = Request(url, fields);
    }

    /// <summary>The body of the answer that was read last; to be read before <see cref="EndExchange"/>.</summary>
    public Stream Body => _body;

    /// <summary>Sends the request and reads the head of the answer; null when that is not one of the usual kind.</summary>
    /// <exception cref="IOException">There is no connection, or it ends.</exception>
    /// <exception cref="SocketException">It breaks.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<AnswerHead?> AskAsync(CancellationToken cancel)
    {
        bool isReused = HasConnection();
        try
        {
            return await ReadHeadAsync(cancel);
        }
        catch (Exception error) when (isReused && _buffer.IsEmpty && error is IOException or SocketException)
        {
            // The target has closed it just when it was asked.
            Close();
            return await ReadHeadAsync(cancel);
        }
    }

    /// <summary>Keeps the connection for the next exchange, if there may be one on it.</summary>
    public void EndExchange()
    {
        if (_buffer.Connection is { } connection)
        {
            bool isSlow = connection.IsWatched;
            _slowness = Math.Clamp(_slowness + (isSlow ? SlowStep : -QuickStep), 0, SlowSum);

            // Watched, each arrival costs more until the connection is closed. That is done, unless the next one would soon be watched, too.
            if (!_keepsAlive || !_body.HasEnded || !_buffer.IsEmpty || (isSlow && _slowness < SlowSum))
            {
                Close();
            }
        }

        _lastUsed = _thread.GetTimestamp();
        _buffer.Dispose();
    }

    public void Dispose()
    {
        Close();
        _buffer.Dispose();
    }

    private static byte[] Request(Uri url, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        string host = url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost;
        StringBuilder head = new();
        head.Append("GET ").Append(url.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(host);
        if (!url.IsDefaultPort)
        {
            head.Append(':').Append(url.Port);
        }

        foreach ((string name, string value) in fields)
        {
            head.Append("\r\n").Append(name).Append(": ").Append(value);
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n\r\n").ToString());
    }

    private bool HasConnection()
    {
        if (_buffer.Connection is { } connection && (_thread.GetElapsedTime(_lastUsed) > s_longestIdle || !connection.IsIdle))
        {
            connection.Dispose();
            _buffer.Connection = null;
        }

        return _buffer.Connection is not null;
    }

    private async ValueTask<AnswerHead?> ReadHeadAsync(CancellationToken cancel)
    {
        _keepsAlive = false;
        _buffer.Connection ??= await ConnectAsync(cancel);
        await _buffer.Connection.SendAsync(_request, cancel);
        ReadOnlyMemory<byte> bytes = await _buffer.ReadHeadAsync(cancel);
        if (!AnswerHead.TryParse(bytes.Span, out AnswerHead head))
        {
            return null;
        }

        _body.Begin(in head);
        _keepsAlive = head.KeepsAlive;
        return head;
    }

    private async ValueTask<PlainConnection> ConnectAsync(CancellationToken cancel)
    {
        try
        {
            return await PlainConnection.OpenAsync(_server, _thread, cancel);
        }
        catch (SocketException refused)
        {
            throw new IOException($"{refused.Message} ({_server.Host}:{_server.Port})", refused);
        }
    }

    private void Close()
    {
        _buffer.Connection?.Dispose();
        _buffer.Connection = null;
    }
}
