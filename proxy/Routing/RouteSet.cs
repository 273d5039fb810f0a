using AmpEdge.Proxy.Listening;
using AmpEdge.Proxy.LocalAnswers;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Routing;

/// <summary>
/// The routes of one configuration, never changed. Each request enters the set that is in force and leaves it when its answer
/// ends; a set that is retired frees what it holds after the last of them.
/// </summary>
internal sealed class RouteSet
{
    private readonly IReadOnlyList<IAsyncDisposable> _leases;
    private readonly IReadOnlyDictionary<string, CallerCheck> _callers;
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Requests within, and one for being in force.</summary>
    private int _users = 1;

    /// <param name="routes">In the order in which they are tried.</param>
    /// <param name="callers">Who may call by a listener, by its name; a listener that is not in it takes everyone.</param>
    /// <param name="leases">What to give back in the end.</param>
    public RouteSet(
        IReadOnlyList<ProxyRoute> routes, IReadOnlyDictionary<string, CallerCheck> callers,
        IReadOnlyList<IAsyncDisposable> leases)
    {
        Routes = routes;
        _callers = callers;
        _leases = leases;
    }

    /// <summary>In the order in which they are tried.</summary>
    public IReadOnlyList<ProxyRoute> Routes { get; }

    /// <summary>What is answered here on every route.</summary>
    public LocalAnswer? LocalAnswers { get; init; }

    /// <summary>Who may call by a listener; null for everyone.</summary>
    public CallerCheck? CallersOf(string listener) => _callers.GetValueOrDefault(listener);

    /// <summary>The first route that takes a request; null when none does.</summary>
    /// <param name="listener">The name of the listener that it came in by.</param>
    /// <param name="request">Method, host and headers.</param>
    /// <param name="path">As it will be forwarded, with dots resolved.</param>
    public ProxyRoute? Find(string listener, HttpRequest request, string path)
    {
        foreach (ProxyRoute route in Routes)
        {
            if (route.Matcher.Takes(listener, request, path))
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>False when the set was retired and its last request has gone.</summary>
    public bool TryEnter()
    {
        while (true)
        {
            int users = Volatile.Read(ref _users);
            if (users == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _unused.SetResult();
        }
    }

    /// <summary>Called once, when another set is in force: waits for the last request and gives back what is shared.</summary>
    public async Task RetireAsync()
    {
        Leave();
        await _unused.Task;
        foreach (IAsyncDisposable lease in _leases)
        {
            await lease.DisposeAsync();
        }
    }
}
