using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Turns the objects of one namespace (or of all) into groups of targets, and makes a group anew when its object or
/// any other that it was made with the help of has changed.
/// </summary>
internal sealed class RoleDiscovery : IAsyncDisposable
{
    /// <summary>Above this many changed objects, making all targets anew is the cheaper way.</summary>
    public const int QueueBound = 10_000;

    /// <summary>A rollout changes many objects at once; what changes within this time is handed on together.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(200);

    private readonly List<WatchLease> _leases = [];
    private readonly Dictionary<ResourceKind, ResourceWatch> _watches = [];
    private readonly List<(ResourceWatch Watch, Action<ObjectKey> Listener)> _listeners = [];
    private readonly Dictionary<ObjectKey, RelatedObject[]> _uses = [];
    private readonly Dictionary<RelatedObject, HashSet<ObjectKey>> _users = [];
    private readonly HashSet<ObjectKey> _reported = [];
    private readonly HashSet<ObjectKey> _warned = [];
    private readonly LabelsBuilder _labels = new();
    private readonly ResourceKind _main;
    private readonly RelatedObjects _related;
    private readonly ChangeQueue _changes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <param name="config">Role and what is attached.</param>
    /// <param name="leases">The watches that the role needs; given back at the end.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock of <see cref="SettleTime"/>.</param>
    /// <param name="log">Gets what makes no targets.</param>
    public RoleDiscovery(
        KubernetesDiscoveryConfig config,
        IReadOnlyList<(ResourceKind Kind, WatchLease Lease)> leases,
        KubernetesMetrics metrics,
        TimeProvider time,
        ILogger log)
    {
        _main = ResourceKind.OfRole(config.Role);
        _time = time;
        _log = log;
        _changes = new ChangeQueue(metrics, QueueBound);
        foreach ((ResourceKind kind, WatchLease lease) in leases)
        {
            _leases.Add(lease);
            _watches.Add(kind, lease.Watch);
            Action<ObjectKey> listener = key => _changes.Add(new RelatedObject(kind, key));
            lease.Watch.Objects.Listen(listener);
            _listeners.Add((lease.Watch, listener));
        }

        _related = new RelatedObjects(
            _watches,
            config.AttachNodeMetadata || config.AttachNamespaceMetadata || config.AttachDeploymentMetadata
                || config.AttachJobMetadata || config.AttachCronJobMetadata)
        {
            Controllers = new AttachedControllers(
                config.AttachDeploymentMetadata, config.AttachJobMetadata, config.AttachCronJobMetadata),
        };
    }

    public IReadOnlyCollection<ResourceWatch> Watches => _watches.Values;

    /// <summary>Reports groups until <paramref name="stop"/>; nothing before all that they are made of is known.</summary>
    public async Task RunAsync(Action<IReadOnlyList<TargetGroup>> report, CancellationToken stop)
    {
        foreach (ResourceWatch watch in _watches.Values)
        {
            await watch.Synced.WaitAsync(stop);
        }

        _changes.AddEverything();
        while (true)
        {
            await _changes.WaitAsync(stop);
            Update(report);
            await Task.Delay(SettleTime, _time, stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((ResourceWatch watch, Action<ObjectKey> listener) in _listeners)
        {
            watch.Objects.Unlisten(listener);
        }

        foreach (WatchLease lease in _leases)
        {
            await lease.DisposeAsync();
        }

        _changes.Dispose();
    }

    private void Update(Action<IReadOnlyList<TargetGroup>> report)
    {
        List<TargetGroup> groups = [];
        HashSet<RelatedObject>? changes = _changes.Take();
        foreach (ObjectKey key in Affected(changes))
        {
            TargetGroup group = Build(key);
            bool has = group.Targets.Count > 0;
            bool had = has ? !_reported.Add(key) : _reported.Remove(key);
            if (has || had)
            {
                groups.Add(group);
            }
        }

        // An empty cluster is news, too, the first time.
        if (groups.Count > 0 || changes is null)
        {
            report(groups);
        }
    }

    /// <summary>The objects whose groups the changes concern; null is all of them, those that are gone included.</summary>
    private HashSet<ObjectKey> Affected(HashSet<RelatedObject>? changes)
    {
        if (changes is null)
        {
            return [.. _watches[_main].Objects.Keys(), .. _reported];
        }

        HashSet<ObjectKey> affected = [];
        foreach (RelatedObject changed in changes)
        {
            if (changed.Kind == _main)
            {
                affected.Add(changed.Key);
            }

            if (_users.TryGetValue(changed, out HashSet<ObjectKey>? users))
            {
                affected.UnionWith(users);
            }
        }

        return affected;
    }

    private TargetGroup Build(ObjectKey key)
    {
        _related.Forget();
        KubernetesObject? item = _watches[_main].Objects.Find(key);
        TargetGroup group = item is null
            ? new TargetGroup(RoleTargets.SourceOf(_main, key), [], Labels.Empty)
            : RoleTargets.Build(item, _related, _labels);
        Remember(key);
        Warn(key, item);
        return group;
    }

    /// <summary>Writes down what a group was made with the help of, and forgets what it no longer is.</summary>
    private void Remember(ObjectKey key)
    {
        foreach (RelatedObject former in _uses.GetValueOrDefault(key) ?? [])
        {
            HashSet<ObjectKey> users = _users[former];
            users.Remove(key);
            if (users.Count == 0)
            {
                _users.Remove(former);
            }
        }

        if (_related.LookedFor.Count == 0)
        {
            _uses.Remove(key);
            return;
        }

        _uses[key] = [.. _related.LookedFor];
        foreach (RelatedObject used in _related.LookedFor)
        {
            if (!_users.TryGetValue(used, out HashSet<ObjectKey>? users))
            {
                users = [];
                _users.Add(used, users);
            }

            users.Add(key);
        }
    }

    /// <summary>Once for each object, until it is right again.</summary>
    private void Warn(ObjectKey key, KubernetesObject? item)
    {
        bool isNode = item is Node node && NodeTargets.FindAddress(node) is null;
        string capacity = (item as Endpoints)?.OverCapacity ?? "";
        if (!isNode && capacity.Length == 0)
        {
            _warned.Remove(key);
        }
        else if (_warned.Add(key))
        {
            LogWarning(key, isNode, capacity);
        }
    }

    private void LogWarning(ObjectKey key, bool isNode, string capacity)
    {
        if (isNode)
        {
            KubernetesLog.NodeWithoutAddress(_log, key.Name);
        }
        else
        {
            KubernetesLog.EndpointsOverCapacity(_log, key.ToString(), capacity);
        }
    }
}
