namespace AmpEdge.PromQL;

/// <summary>
/// Which bucket of a coarser layout takes in each bucket of a finer one: by powers of two between exponential schemas, by
/// a table between custom bounds. Never falls as the index rises.
/// </summary>
internal readonly ref struct BucketMap
{
    private readonly int _shift;
    private readonly ReadOnlySpan<int> _targets;

    private BucketMap(int shift, ReadOnlySpan<int> targets)
    {
        _shift = shift;
        _targets = targets;
    }

    /// <summary>Every bucket stays what it is.</summary>
    public static BucketMap Same => default;

    /// <summary>Some buckets may fall together.</summary>
    public bool Merges => _shift > 0 || !_targets.IsEmpty;

    /// <summary>From one exponential schema to another one that is not finer.</summary>
    public static BucketMap BetweenSchemas(int from, int to) => new(Math.Min(from - to, 31), default);

    /// <summary>By a table with one place for each bucket, that of +Inf included.</summary>
    public static BucketMap ByTable(ReadOnlySpan<int> targets) => new(0, targets);

    public int Target(int index)
    {
        if (!_targets.IsEmpty)
        {
            return _targets[Math.Clamp(index, 0, _targets.Length - 1)];
        }

        // The last of the finer buckets has the same upper boundary as the coarser one.
        return _shift == 0 ? index : ((index - 1) >> _shift) + 1;
    }
}
