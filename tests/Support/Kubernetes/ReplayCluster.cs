using System.Linq;
using System.Text.Json;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>
/// The recorded cluster: begins in state s1 and goes through its recorded changes as a test says, down to state s2.
/// Thread-safe.
/// </summary>
public sealed class ReplayCluster
{
    private static readonly string[] s_resources =
    [
        "/api/v1/nodes", "/api/v1/pods", "/api/v1/services", "/api/v1/endpoints", "/api/v1/namespaces",
        "/apis/discovery.k8s.io/v1/endpointslices", "/apis/networking.k8s.io/v1/ingresses",
        "/apis/apps/v1/replicasets", "/apis/batch/v1/jobs",
    ];

    private static readonly Lazy<ReplayRecording> s_recording = new(() => ReplayRecording.Load(s_resources));

    private readonly Lock _stateLock = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonElement>> _items = new(StringComparer.Ordinal);
    private readonly List<ReplayEvent> _history = [];
    private readonly List<ReplayEvent> _future;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _oldest;

    public ReplayCluster()
    {
        foreach ((string resource, List<JsonElement> items) in s_recording.Value.Lists)
        {
            _items.Add(resource, new SortedDictionary<string, JsonElement>(items.ToDictionary(KeyOf), StringComparer.Ordinal));
        }

        _future = [.. s_recording.Value.Events];
        Version = _future[0].Version - 1;
        _oldest = Version;
    }

    /// <summary>The cluster's counter now.</summary>
    public long Version { get; private set; }

    /// <summary>How many recorded changes have not happened yet.</summary>
    public int ChangesLeft
    {
        get
        {
            lock (_stateLock)
            {
                return _future.Count;
            }
        }
    }

    /// <summary>Lets the next changes happen.</summary>
    public void Advance(int changes = int.MaxValue)
    {
        lock (_stateLock)
        {
            for (; changes > 0 && _future.Count > 0; changes--)
            {
                Happen(_future[0].Resource, _future[0].Type, _future[0].Item, _future[0].Version);
                _future.RemoveAt(0);
            }

            Announce();
        }
    }

    /// <summary>Lets changes happen up to the next of a kind; false, with all of them happened, when there is none.</summary>
    public bool AdvanceTo(string resource)
    {
        lock (_stateLock)
        {
            int index = _future.FindIndex(happening => happening.Resource == resource);
            Advance(index < 0 ? int.MaxValue : index + 1);
            return index >= 0;
        }
    }

    /// <summary>Lets something happen that was not recorded.</summary>
    public void Change(string resource, string type, string json)
    {
        using JsonDocument parsed = JsonDocument.Parse(json);
        lock (_stateLock)
        {
            Happen(resource, type, parsed.RootElement.Clone(), Version + 1);
            Announce();
        }
    }

    /// <summary>Forgets what happened: watches from before now are told 410.</summary>
    public void Compact()
    {
        lock (_stateLock)
        {
            Version++;
            _oldest = Version;
            _history.Clear();
        }
    }

    /// <summary>The JSON of an object now; null when there is none.</summary>
    public string? Find(string resource, string key)
    {
        lock (_stateLock)
        {
            return _items[resource].TryGetValue(key, out JsonElement item) ? item.GetRawText() : null;
        }
    }

    internal static bool IsResource(string path) => Array.IndexOf(s_resources, path) >= 0;

    /// <summary>Completes at the next change.</summary>
    internal Task Changed()
    {
        lock (_stateLock)
        {
            return _changed.Task;
        }
    }

    /// <summary>The objects that are asked for, as JSON texts, in the order of their names.</summary>
    internal List<string> List(ReplayQuery query)
    {
        lock (_stateLock)
        {
            List<string> items = [];
            foreach ((string key, JsonElement item) in _items[query.Resource])
            {
                bool wanted = query.Namespace.Length == 0 || key.StartsWith(query.Namespace + "/", StringComparison.Ordinal);
                if (wanted && ReplaySelector.Matches(item, query.LabelSelector, query.FieldSelector))
                {
                    items.Add(item.GetRawText());
                }
            }

            return items;
        }
    }

    /// <summary>
    /// The lines of a watch for what happened after a version, which moves on to now; null when that is forgotten.
    /// </summary>
    internal List<string>? EventsAfter(ReplayQuery query, ref long version)
    {
        lock (_stateLock)
        {
            if (version < _oldest)
            {
                return null;
            }

            List<string> lines = [];
            foreach (ReplayEvent happened in _history)
            {
                if (happened.Version > version && LineOf(happened, query) is { } line)
                {
                    lines.Add(line);
                }
            }

            version = Version;
            return lines;
        }
    }

    private static string? LineOf(ReplayEvent happened, ReplayQuery query)
    {
        if (happened.Resource != query.Resource
            || (query.Namespace.Length > 0 && happened.Namespace != query.Namespace))
        {
            return null;
        }

        bool before = happened.Before is { } former && ReplaySelector.Matches(former, query.LabelSelector, query.FieldSelector);
        bool after = happened.Type != "DELETED"
            && ReplaySelector.Matches(happened.Item, query.LabelSelector, query.FieldSelector);
        string? type = (before, after) switch
        {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            _ => null,
        };
        return type is null ? null : $$"""{"type":"{{type}}","object":{{happened.Item.GetRawText()}}}""" + "\n";
    }

    private static string KeyOf(JsonElement item)
    {
        JsonElement of = ReplaySelector.Get(item, "metadata", "namespace");
        string name = ReplaySelector.Get(item, "metadata", "name").GetString() ?? "";
        return of.ValueKind == JsonValueKind.String ? $"{of.GetString()}/{name}" : name;
    }

    private void Happen(string resource, string type, JsonElement item, long version)
    {
        SortedDictionary<string, JsonElement> items = _items[resource];
        string key = KeyOf(item);
        JsonElement? before = items.TryGetValue(key, out JsonElement known) ? known : null;
        if (type == "DELETED")
        {
            items.Remove(key);
        }
        else
        {
            items[key] = item;
        }

        Version = version;
        _history.Add(new ReplayEvent(version, resource, type, item, before));
    }

    private void Announce()
    {
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
