using System.Globalization;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>The destinations of the configuration: a reload restarts those that changed and no other.</summary>
internal sealed class Destinations : IComponent
{
    private readonly DestinationFactory _factory;
    private readonly AgentConfig _initial;
    private RunningDestination[] _running = [];

    public Destinations(AgentConfig initial, DestinationFactory factory)
    {
        _initial = initial;
        _factory = factory;
    }

    public string Name => "remote write";

    /// <summary>The queues now.</summary>
    public IReadOnlyList<QueueManager> Queues =>
        Array.ConvertAll(Volatile.Read(ref _running), static destination => destination.Queue);

    public Task StartAsync(CancellationToken cancel) => ApplyAsync(_initial, cancel);

    /// <summary>
    /// Takes a configuration. A destination whose settings changed stops before its successor starts, which goes on at
    /// the same delivery position when the name is the same.
    /// </summary>
    public async Task ApplyAsync(AgentConfig config, CancellationToken cancel)
    {
        Labels externalLabels = _factory.ExternalLabelsOf(config);
        List<RunningDestination> running = [];
        List<RunningDestination> surplus = [.. Volatile.Read(ref _running)];
        List<(RemoteWriteConfig Config, string Name)> missing = [];
        foreach ((RemoteWriteConfig destination, string name) in Named(config))
        {
            string signature = DestinationFactory.Signature(destination, name, externalLabels);
            int known = surplus.FindIndex(candidate => candidate.Signature == signature);
            if (known >= 0)
            {
                running.Add(surplus[known]);
                surplus.RemoveAt(known);
            }
            else
            {
                missing.Add((destination, name));
            }
        }

        await Task.WhenAll(surplus.ConvertAll(destination => destination.StopAsync(cancel)));
        foreach ((RemoteWriteConfig destination, string name) in missing)
        {
            RunningDestination started = _factory.Create(destination, name, externalLabels);
            await started.StartAsync(cancel);
            running.Add(started);
        }

        Volatile.Write(ref _running, [.. running]);
        HashSet<string> names = [];
        foreach (RunningDestination destination in running)
        {
            names.Add(destination.Queue.Name);
        }

        _factory.ForgetOthers(names);
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        RunningDestination[] running = Interlocked.Exchange(ref _running, []);
        await Task.WhenAll(Array.ConvertAll(running, destination => destination.StopAsync(cancel)));
    }

    /// <summary>Each entry with a name of its own: two entries of the same URL and no name get numbers.</summary>
    private static List<(RemoteWriteConfig Config, string Name)> Named(AgentConfig config)
    {
        List<(RemoteWriteConfig Config, string Name)> named = [];
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (RemoteWriteConfig destination in config.RemoteWrites)
        {
            string wanted = DestinationFactory.NameOf(destination);
            string name = wanted;
            for (int number = 2; !taken.Add(name); number++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{number}");
            }

            named.Add((destination, name));
        }

        return named;
    }
}
