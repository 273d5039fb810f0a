namespace AmpEdge.Tsdb;

/// <summary>The times that the head spans. Written by one commit at a time or while there is none; read by anybody.</summary>
internal sealed class HeadTimes
{
    private long _minMs = long.MaxValue;
    private long _maxMs = long.MinValue;
    private long _minValidMs = long.MinValue;

    /// <summary>The earliest sample since <see cref="BeginTruncation"/>.</summary>
    private long _minSinceMs = long.MaxValue;

    /// <summary>No sample is earlier; <see cref="long.MaxValue"/> without samples.</summary>
    public long MinMs => Interlocked.Read(ref _minMs);

    /// <summary>The newest sample's time; <see cref="long.MinValue"/> before the first.</summary>
    public long MaxMs => Interlocked.Read(ref _maxMs);

    /// <summary>Samples before it are in blocks: no further one is taken in order. Only grows.</summary>
    public long MinValidMs
    {
        get => Interlocked.Read(ref _minValidMs);
        set => Volatile.Write(ref _minValidMs, Math.Max(_minValidMs, value));
    }

    /// <summary>Takes the first and the last time of new samples in.</summary>
    public void Note(long minMs, long maxMs)
    {
        if (maxMs > _maxMs)
        {
            Volatile.Write(ref _maxMs, maxMs);
        }

        if (minMs < _minMs)
        {
            Volatile.Write(ref _minMs, minMs);
        }

        _minSinceMs = Math.Min(_minSinceMs, minMs);
    }

    /// <summary>From now on new samples may come where old ones were looked for already.</summary>
    public void BeginTruncation() => _minSinceMs = long.MaxValue;

    /// <summary>Old samples are gone; <paramref name="earliestMs"/> is the first of those that were found.</summary>
    public void EndTruncation(long earliestMs) =>
        Volatile.Write(ref _minMs, Math.Max(_minMs, Math.Min(Math.Min(earliestMs, _minSinceMs), _maxMs)));
}
