namespace AmpEdge.Proxy.Forwarding;

/// <summary>Counts the memory that request bodies hold, against a bound for all of them together.</summary>
internal sealed class BodyBudget(long maxBytes)
{
    private long _heldBytes;

    public long MaxBytes { get; } = maxBytes;

    /// <summary>Bytes held now.</summary>
    public long HeldBytes => Interlocked.Read(ref _heldBytes);

    /// <summary>Takes a share; false leaves everything as it was.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _heldBytes, bytes) <= MaxBytes)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    /// <summary>Takes a share whatever the bound says.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _heldBytes, bytes);

    public void Release(long bytes) => Interlocked.Add(ref _heldBytes, -bytes);
}
