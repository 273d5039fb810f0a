using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// A small HTTP/1.1 listener in front of a <see cref="RouteTable"/>, for processes that serve a few pages and answers and
/// whose idle memory is paid on every node. Every limit of <see cref="HttpServerOptions"/> holds here as in
/// <see cref="HttpServer"/>, which is for those that stream; HTTP/2 is not spoken.
/// </summary>
/// <remarks>docs/decisions/0002-a-page-server.md says what it saves and what it leaves out.</remarks>
public sealed class PageServer : IComponent, IDisposable
{
    private const int Backlog = 512;

    private readonly AcceptGate _gate;
    private readonly RequestPipeline _pipeline;
    private readonly HttpServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly ConcurrentDictionary<PageConnection, PageConnection> _connections = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private int _connectionCount;

    /// <param name="name">For logs: <c>web</c>, <c>management</c>, …</param>
    /// <param name="options">Address and limits.</param>
    /// <param name="routes">What is served; must be complete before the start.</param>
    /// <param name="metrics">Takes requests and durations.</param>
    /// <param name="loggers">Takes what is refused and what fails.</param>
    /// <param name="time">The clock of time-outs and durations.</param>
    public PageServer(
        string name, HttpServerOptions options, RouteTable routes, MetricRegistry metrics, ILoggerFactory loggers,
        TimeProvider time)
    {
        Name = name;
        _options = options;
        _time = time;
        _log = loggers.CreateLogger<PageServer>();
        HttpMetrics own = new(metrics, options.MetricPrefix);
        _gate = new AcceptGate(name, options, own.AcceptFailures, _log, time);
        _pipeline = new RequestPipeline(routes, own, _log, time);
    }

    public string Name { get; }

    /// <summary>The port that is listened on; 0 before the start.</summary>
    public int Port { get; private set; }

    /// <summary>The address that a client on this machine can use, such as <c>http://127.0.0.1:9090</c>.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>Binds and begins to answer.</summary>
    /// <exception cref="StartFailedException">The address is in use or not one of this machine.</exception>
    public Task StartAsync(CancellationToken cancel)
    {
        try
        {
            foreach (IPEndPoint endPoint in ListenAddress.Parse(_options.ListenAddress).EndPoints)
            {
                _listeners.Add(Bind(endPoint));
            }
        }
        catch (SocketException error)
        {
            throw ListenAddress.CannotListen(_options.ListenAddress, error);
        }

        foreach (Socket listener in _listeners)
        {
            _accepting.Add(AcceptAsync(listener));
        }

        if (_listeners[0].LocalEndPoint is not IPEndPoint bound)
        {
            throw new InvalidOperationException($"{Name} listens on nothing");
        }

        (Port, Address) = (bound.Port, ListenAddress.ForClients(bound));
        HttpLog.Listening(_log, Name, Address);
        return Task.CompletedTask;
    }

    /// <summary>Stops accepting, lets running requests end within the drain time-out, then closes.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        await _stop.CancelAsync();
        foreach (Socket listener in _listeners)
        {
            listener.Dispose();
        }

        await Task.WhenAll(_accepting);
        foreach (PageConnection connection in Connections())
        {
            connection.Drain();
        }

        EndIfIdle();
        using CancellationTokenSource drain = new(_options.DrainTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, drain.Token);
        try
        {
            await _allEnded.Task.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            await _abort.CancelAsync();
            foreach (PageConnection connection in Connections())
            {
                connection.Abort();
            }
        }
    }

    public void Dispose()
    {
        foreach (Socket listener in _listeners)
        {
            listener.Dispose();
        }

        foreach (PageConnection connection in Connections())
        {
            connection.Abort();
        }

        _stop.Dispose();
        _abort.Dispose();
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        Socket listener = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                listener.DualMode = true;
            }

            listener.Bind(endPoint);
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await AcceptNextAsync(listener);
            }
        }
        catch (Exception error) when (
            error is OperationCanceledException or ObjectDisposedException || _stop.IsCancellationRequested)
        {
            // It listens no more.
        }
    }

    private async Task AcceptNextAsync(Socket listener)
    {
        await _gate.WaitAsync(_stop.Token);
        try
        {
            Take(await listener.AcceptAsync(_stop.Token));
            _gate.Passed();
        }
        catch (SocketException error)
        {
            await _gate.RestAfterAsync(error, _stop.Token);
        }
    }

    private void Take(Socket socket)
    {
        if (Interlocked.Increment(ref _connectionCount) > _options.MaxConnections)
        {
            Interlocked.Decrement(ref _connectionCount);
            socket.Dispose();
            return;
        }

        PageConnection connection = new(socket, _pipeline, _options, _log, _time, _abort.Token);
        _connections.TryAdd(connection, connection);
        _ = ServeAsync(connection);
    }

    private async Task ServeAsync(PageConnection connection)
    {
        // The accepting loop goes on at once, whatever this client has sent already.
        await Task.Yield();
        try
        {
            await connection.RunAsync();
        }
        catch (Exception error)
        {
            HttpLog.ConnectionFailed(_log, error, Name);
        }

        Forget(connection);
    }

    private void Forget(PageConnection connection)
    {
        _connections.TryRemove(connection, out _);
        connection.Dispose();
        Interlocked.Decrement(ref _connectionCount);
        if (_stop.IsCancellationRequested)
        {
            EndIfIdle();
        }
    }

    private void EndIfIdle()
    {
        if (Volatile.Read(ref _connectionCount) == 0)
        {
            _allEnded.TrySetResult();
        }
    }

    private ICollection<PageConnection> Connections() => _connections.Values;
}
