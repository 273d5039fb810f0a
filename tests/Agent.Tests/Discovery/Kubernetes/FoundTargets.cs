using AmpEdge.Agent.Discovery;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

/// <summary>What a discoverer has reported so far.</summary>
internal sealed class FoundTargets : IAsyncDisposable
{
    private readonly RunningDiscoverer _running;
    private int _reports;
    private int _stopped;

    public FoundTargets(IDiscoverer discoverer)
    {
        _running = new RunningDiscoverer("", () => Interlocked.Increment(ref _reports));
        _running.Start(discoverer, error => Failure = error);
    }

    public Exception? Failure { get; private set; }

    public int Reports => Volatile.Read(ref _reports);

    /// <summary>Every target with its own and its group's labels, in Prometheus's notation, sorted.</summary>
    public List<string> Targets()
    {
        List<string> targets = LabelSets().ConvertAll(static labels => labels.ToString());
        targets.Sort(StringComparer.Ordinal);
        return targets;
    }

    /// <summary>Every target with its own and its group's labels.</summary>
    public List<Labels> LabelSets()
    {
        List<TargetGroup> groups = [];
        _running.CopyGroupsTo(groups);
        List<Labels> targets = [];
        LabelsBuilder labels = new();
        foreach (TargetGroup group in groups)
        {
            foreach (Labels target in group.Targets)
            {
                labels.Reset(group.Labels);
                foreach (LabelPair label in target)
                {
                    labels.Set(label.Name, label.Value);
                }

                targets.Add(labels.Build());
            }
        }

        return targets;
    }

    /// <summary>Stops, however often it is told.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _stopped, 1) == 0 ? _running.DisposeAsync() : ValueTask.CompletedTask;
}
