namespace AmpEdge.Agent.Budget;

/// <summary>What <see cref="MemoryWatch"/> last saw; asked by those that hold much. Thread-safe.</summary>
internal sealed class MemoryBudget
{
    /// <summary>So many new things may be some megabytes: more than that is not remembered between two looks.</summary>
    private const int LookEvery = 4096;

    private volatile MemoryLevel _level;
    private int _asked;

    /// <summary>Looks at once.</summary>
    public Action Look { get; set; } = static () => { };

    public MemoryLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <summary>True when what also lies on the disk is to be let go of first.</summary>
    public bool IsTight => _level >= MemoryLevel.Tight;

    /// <summary>True when nothing new may be begun to be remembered.</summary>
    public bool IsFull => _level == MemoryLevel.Full;

    /// <summary>Whether one more thing may be begun to be remembered; to be asked for each.</summary>
    public bool TakesOneMore()
    {
        if (Interlocked.Increment(ref _asked) % LookEvery == 0)
        {
            Look();
        }

        return !IsFull;
    }
}
