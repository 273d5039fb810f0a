using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>Serves one client's requests, one after the other, until either side has enough.</summary>
internal sealed class PageConnection : IDisposable
{
    private readonly ClientSocket _client;
    private readonly RequestPipeline _pipeline;
    private readonly HttpServerOptions _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationToken _aborted;
    private volatile bool _isDraining;
    private volatile bool _isIdle;

    public PageConnection(
        Socket socket, RequestPipeline pipeline, HttpServerOptions limits, ILogger log, TimeProvider time,
        CancellationToken aborted)
    {
        _client = new ClientSocket(socket, limits, time);
        _pipeline = pipeline;
        _limits = limits;
        _log = log;
        _time = time;
        _aborted = aborted;
    }

    /// <summary>Returns when the connection is over; a client cannot make it throw.</summary>
    public async Task RunAsync()
    {
        try
        {
            _client.SendWithoutDelay();
            while (await ServeOneAsync())
            {
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            HttpLog.ConnectionLost(_log, error.Message);
        }
    }

    /// <summary>Ends the connection after the request that is being answered, at once when there is none.</summary>
    public void Drain()
    {
        _isDraining = true;
        Interlocked.MemoryBarrier();
        if (_isIdle)
        {
            _client.Wake();
        }
    }

    public void Abort() => _client.Abort();

    public void Dispose() => _client.Dispose();

    /// <summary>True when another request may follow.</summary>
    private async Task<bool> ServeOneAsync()
    {
        if (!await HasRequestAsync())
        {
            return false;
        }

        (RequestHead? head, RequestRefusal refusal) = await ReadHeadAsync();
        if (head is not null)
        {
            refusal = await new RequestBody(_client, _limits, _time).SkipAsync(head);
        }

        if (head is null || refusal.IsRefused)
        {
            await RefuseAsync(refusal);
            return false;
        }

        PageExchange exchange = new(_client, head, _time, _aborted);
        exchange.KeepsConnection &= !_isDraining;
        await _pipeline.RunAsync(exchange);
        if (!exchange.HasStarted)
        {
            exchange.KeepsConnection = false;
            await exchange.WriteTextAsync(500, "internal server error: no answer was given");
        }

        if (exchange.KeepsConnection)
        {
            return true;
        }

        await _client.LingerAsync();
        return false;
    }

    /// <summary>Waits for the first byte of a request; empty lines before it do not count (RFC 9112, 2.2).</summary>
    private async Task<bool> HasRequestAsync()
    {
        while (true)
        {
            _client.Skip(_client.Buffered.Length - _client.Buffered.TrimStart("\r\n"u8).Length);
            if (!_client.Buffered.IsEmpty)
            {
                return true;
            }

            _isIdle = true;
            Interlocked.MemoryBarrier();
            ReceiveOutcome outcome = _isDraining ? ReceiveOutcome.Ended : await _client.WaitAsync(_limits.KeepAliveTimeout);
            _isIdle = false;
            if (outcome != ReceiveOutcome.Received
                || await _client.ReceiveMoreAsync(_limits.RequestHeadersTimeout) != ReceiveOutcome.Received)
            {
                return false;
            }
        }
    }

    /// <summary>Neither a head nor a refusal: the client went away.</summary>
    private async Task<(RequestHead? Head, RequestRefusal Refusal)> ReadHeadAsync()
    {
        long started = _time.GetTimestamp();
        int searched = 0;
        while (true)
        {
            int end = HttpFraming.EndOfHead(_client.Buffered, searched);
            RequestRefusal refusal = RequestHeadParser.CheckSize(
                end < 0 ? _client.Buffered : _client.Buffered[..end], _limits);
            if (refusal.IsRefused)
            {
                return (null, refusal);
            }

            if (end >= 0)
            {
                RequestHead? head = RequestHeadParser.Parse(_client.Buffered[..end], _limits, out refusal);
                _client.Skip(end);
                return (head, refusal);
            }

            searched = _client.Buffered.Length;
            ReceiveOutcome outcome = await _client.ReceiveMoreAsync(
                _limits.RequestHeadersTimeout - _time.GetElapsedTime(started));
            if (outcome != ReceiveOutcome.Received)
            {
                return (null, outcome == ReceiveOutcome.Ended
                    ? RequestRefusal.None
                    : new RequestRefusal(408, $"the request's head took longer than {_limits.RequestHeadersTimeout.TotalSeconds:0.###} s"));
            }
        }
    }

    private async Task RefuseAsync(RequestRefusal refusal)
    {
        if (!refusal.IsRefused)
        {
            return;
        }

        HttpLog.Refused(_log, refusal.Status, refusal.Reason);
        _pipeline.CountRefused(refusal.Status);
        RequestHead nothing = new() { Method = "", Target = "/", IsHttp10 = false, Fields = [] };
        await new PageExchange(_client, nothing, _time, _aborted).WriteTextAsync(refusal.Status, refusal.Reason);
        await _client.LingerAsync();
    }
}
