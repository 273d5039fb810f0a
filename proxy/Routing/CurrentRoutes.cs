using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Routing;

/// <summary>The routes in force. Others are swapped in whole; requests that run end on those that they began with.</summary>
internal sealed class CurrentRoutes : IComponent
{
    private readonly Lock _retiringLock = new();
    private readonly List<Task> _retiring = [];
    private RouteSet _current;

    public CurrentRoutes(RouteSet initial) => _current = initial;

    public string Name => "routes";

    /// <summary>For pages and checks that only look.</summary>
    public RouteSet Current => Volatile.Read(ref _current);

    /// <summary>The set of one request, which must leave it.</summary>
    public RouteSet Enter()
    {
        while (true)
        {
            RouteSet current = Current;
            if (current.TryEnter())
            {
                return current;
            }
        }
    }

    public void Replace(RouteSet next)
    {
        RouteSet last = Interlocked.Exchange(ref _current, next);
        lock (_retiringLock)
        {
            _retiring.RemoveAll(static task => task.IsCompletedSuccessfully);
            _retiring.Add(last.RetireAsync());
        }
    }

    public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Frees what all sets hold; comes after the listeners have stopped.</summary>
    public Task StopAsync(CancellationToken cancel)
    {
        lock (_retiringLock)
        {
            _retiring.Add(Current.RetireAsync());
            return Task.WhenAll(_retiring);
        }
    }
}
