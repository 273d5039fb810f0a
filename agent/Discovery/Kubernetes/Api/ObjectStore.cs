namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The objects of one watch as they are known now, and those who want to hear of changes. Thread-safe.</summary>
internal sealed class ObjectStore
{
    private readonly Lock _objectsLock = new();
    private readonly ResourceKind _kind;
    private readonly KubernetesMetrics _metrics;
    private Dictionary<ObjectKey, KubernetesObject> _objects = [];
    private Action<ObjectKey>[] _listeners = [];

    public ObjectStore(ResourceKind kind, KubernetesMetrics metrics)
    {
        _kind = kind;
        _metrics = metrics;
    }

    public int Count
    {
        get
        {
            lock (_objectsLock)
            {
                return _objects.Count;
            }
        }
    }

    public KubernetesObject? Find(ObjectKey key)
    {
        lock (_objectsLock)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    public ObjectKey[] Keys()
    {
        lock (_objectsLock)
        {
            return [.. _objects.Keys];
        }
    }

    /// <summary>Calls <paramref name="changed"/> for each object that appears, changes or goes; it must be quick.</summary>
    public void Listen(Action<ObjectKey> changed)
    {
        lock (_objectsLock)
        {
            _listeners = [.. _listeners, changed];
        }
    }

    public void Unlisten(Action<ObjectKey> changed)
    {
        lock (_objectsLock)
        {
            _listeners = Array.FindAll(_listeners, known => known != changed);
        }
    }

    /// <summary>Takes an object that appeared or changed.</summary>
    public void Put(KubernetesObject item)
    {
        bool isNew;
        lock (_objectsLock)
        {
            isNew = !_objects.ContainsKey(item.Key);
            _objects[item.Key] = item;
        }

        _metrics.Objects(_kind).Add(isNew ? 1 : 0);
        (isNew ? _metrics.Added(_kind) : _metrics.Updated(_kind)).Increment();
        Notify(item.Key);
    }

    public void Remove(ObjectKey key)
    {
        lock (_objectsLock)
        {
            if (!_objects.Remove(key))
            {
                return;
            }
        }

        _metrics.Objects(_kind).Add(-1);
        _metrics.Deleted(_kind).Increment();
        Notify(key);
    }

    /// <summary>Takes a whole list: what it does not hold is gone.</summary>
    public void Replace(Dictionary<ObjectKey, KubernetesObject> objects)
    {
        Dictionary<ObjectKey, KubernetesObject> former;
        lock (_objectsLock)
        {
            former = _objects;
            _objects = objects;
        }

        _metrics.Objects(_kind).Add(objects.Count - former.Count);
        foreach (ObjectKey key in objects.Keys)
        {
            (former.ContainsKey(key) ? _metrics.Updated(_kind) : _metrics.Added(_kind)).Increment();
            Notify(key);
        }

        foreach (ObjectKey key in former.Keys)
        {
            if (!objects.ContainsKey(key))
            {
                _metrics.Deleted(_kind).Increment();
                Notify(key);
            }
        }
    }

    private void Notify(ObjectKey key)
    {
        foreach (Action<ObjectKey> changed in Volatile.Read(ref _listeners))
        {
            changed(key);
        }
    }
}
