namespace AmpEdge.Proxy.Routing;

/// <summary>
/// Parts that routes share, one for each distinct setting, held by leases: what two configurations have in common lives on
/// through a reload, and what no configuration names any longer is freed.
/// </summary>
internal sealed class SharedParts<TKey, TPart>(Func<TKey, TPart> create, Func<TPart, ValueTask> free)
    where TKey : notnull
{
    private readonly Lock _partsLock = new();
    private readonly Dictionary<TKey, (TPart Part, int Leases)> _parts = [];

    /// <summary>The part of a setting, and what must be disposed for it to be given back.</summary>
    public TPart Take(TKey key, List<IAsyncDisposable> leases)
    {
        TPart part;
        lock (_partsLock)
        {
            (part, int held) = _parts.TryGetValue(key, out (TPart Part, int Leases) known) ? known : (create(key), 0);
            _parts[key] = (part, held + 1);
        }

        leases.Add(new PartLease(() => ReturnAsync(key)));
        return part;
    }

    private ValueTask ReturnAsync(TKey key)
    {
        TPart part;
        lock (_partsLock)
        {
            (part, int held) = _parts[key];
            if (held > 1)
            {
                _parts[key] = (part, held - 1);
                return ValueTask.CompletedTask;
            }

            _parts.Remove(key);
        }

        return free(part);
    }
}
