using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Listening;

/// <summary>The listeners in force. A new configuration stops those that it lacks and starts those that are new to it.</summary>
internal sealed class ListenerTable : IComponent, IDisposable
{
    private readonly Dictionary<string, RunningListener> _running = new(StringComparer.Ordinal);
    private readonly Func<ListenerConfig, HttpServer> _create;
    private readonly IReadOnlyList<ListenerConfig> _initial;

    /// <param name="initial">Started with the process.</param>
    /// <param name="create">Makes the server of a listener, not yet started.</param>
    public ListenerTable(IReadOnlyList<ListenerConfig> initial, Func<ListenerConfig, HttpServer> create)
    {
        _initial = initial;
        _create = create;
    }

    public string Name => "listeners";

    /// <summary>The server of a listener that runs.</summary>
    public HttpServer this[string name] => _running[name].Server;

    public Task StartAsync(CancellationToken cancel) => ApplyAsync(_initial, cancel);

    /// <summary>
    /// Leaves alone what stays as it is. A listener that changes is closed, its running requests ended, before it opens again.
    /// </summary>
    /// <exception cref="StartFailedException">An address cannot be listened on; those before it in the list are.</exception>
    public async Task ApplyAsync(IReadOnlyList<ListenerConfig> listeners, CancellationToken cancel)
    {
        HashSet<ListenerConfig> kept = [];
        foreach (ListenerConfig listener in listeners)
        {
            kept.Add(listener.Binding);
        }

        await StopAsync(kept, cancel);
        foreach (ListenerConfig listener in listeners)
        {
            if (_running.ContainsKey(listener.Name))
            {
                continue;
            }

            HttpServer server = _create(listener);
            try
            {
                await server.StartAsync(cancel);
            }
            catch
            {
                server.Dispose();
                throw;
            }

            _running.Add(listener.Name, new RunningListener(listener.Binding, server));
        }
    }

    /// <summary>All at once: each takes as long as its requests do.</summary>
    public Task StopAsync(CancellationToken cancel) => StopAsync([], cancel);

    public void Dispose()
    {
        foreach (RunningListener listener in _running.Values)
        {
            listener.Server.Dispose();
        }
    }

    private async Task StopAsync(HashSet<ListenerConfig> kept, CancellationToken cancel)
    {
        List<RunningListener> ending = [];
        foreach (RunningListener listener in _running.Values)
        {
            if (!kept.Contains(listener.Config))
            {
                ending.Add(listener);
            }
        }

        await Task.WhenAll(ending.ConvertAll(listener => listener.Server.StopAsync(cancel)));
        foreach (RunningListener listener in ending)
        {
            _running.Remove(listener.Config.Name);
            listener.Server.Dispose();
        }
    }
}
