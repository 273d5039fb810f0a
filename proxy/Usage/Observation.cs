using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// What one proxy has seen. Time is that in which it watched: it runs in periods of an hour, of which the running one and
/// the one before tell rates and series. Not thread-safe.
/// </summary>
/// <param name="id">Tells this observer from all others, across restarts.</param>
/// <param name="startedMs">When it began to watch, in milliseconds since 1970.</param>
internal sealed class Observation(Guid id, long startedMs)
{
    /// <summary>The workspace whose readers read from all workspaces: those of files.</summary>
    public const string AnyWorkspace = "*";

    public const double SecondsPerPeriod = 3_600;

    private readonly Dictionary<string, WorkspaceUsage> _workspaces = new(StringComparer.Ordinal);
    private readonly long[] _losses = new long[Enum.GetValues<UsageLoss>().Length];
    private int _writtenCount;
    private int _readCount;
    private int _patternCount;

    public Guid Id { get; } = id;

    public long StartedMs { get; } = startedMs;

    /// <summary>Up to when it has watched, in milliseconds since 1970.</summary>
    public long UpdatedMs { get; private set; } = startedMs;

    /// <summary>How long it has watched in all, restarts in between left out.</summary>
    public double WatchedSeconds { get; private set; }

    /// <summary>The number of the running period.</summary>
    public long Period { get; private set; } = 1;

    /// <summary>How long the running period has lasted.</summary>
    public double CurrentSeconds { get; private set; }

    /// <summary>How long the one before lasted; 0 when there was none.</summary>
    public double PreviousSeconds { get; private set; }

    /// <summary>Writes that were decoded.</summary>
    public long DecodedWrites { get; set; }

    public UsageBounds Bounds { get; init; } = new();

    public IReadOnlyDictionary<string, WorkspaceUsage> Workspaces => _workspaces;

    /// <summary>Written metrics that are remembered.</summary>
    public int WrittenCount => _writtenCount;

    /// <summary>Names and patterns of readers that are remembered.</summary>
    public int ReadCount => _readCount + _patternCount;

    public long LossesOf(UsageLoss loss) => _losses[(int)loss];

    public void Lose(UsageLoss loss, long count = 1) => _losses[(int)loss] += count;

    /// <summary>Lets watched time pass; what is older than <paramref name="remember"/> is forgotten when a period ends.</summary>
    public void Watch(double seconds, long nowMs, TimeSpan remember)
    {
        UpdatedMs = Math.Max(UpdatedMs, nowMs);
        WatchedSeconds += seconds;
        CurrentSeconds += seconds;
        if (CurrentSeconds >= SecondsPerPeriod)
        {
            Period++;
            PreviousSeconds = CurrentSeconds;
            CurrentSeconds = 0;
            Forget(nowMs - (long)remember.TotalMilliseconds);
        }
    }

    /// <summary>The workspace of a name, made when it is new; null beyond the bound, which is counted.</summary>
    public WorkspaceUsage? WorkspaceOf(string name)
    {
        if (_workspaces.TryGetValue(name, out WorkspaceUsage? workspace))
        {
            return workspace;
        }

        if (_workspaces.Count >= Bounds.Workspaces)
        {
            Lose(UsageLoss.WorkspacesOverBound);
            return null;
        }

        workspace = new WorkspaceUsage();
        _workspaces.Add(name, workspace);
        return workspace;
    }

    /// <summary>The writes of a metric, begun when it is new; null beyond a bound, which is counted.</summary>
    public MetricWrites? WritesOf(WorkspaceUsage workspace, ReadOnlySpan<byte> name, long nowMs)
    {
        Dictionary<byte[], MetricWrites>.AlternateLookup<ReadOnlySpan<byte>> known =
            workspace.Written.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(name, out MetricWrites? writes))
        {
            return writes;
        }

        if (_writtenCount >= Bounds.Metrics || name.Length > Bounds.NameBytes)
        {
            Lose(UsageLoss.MetricsOverBound);
            return null;
        }

        writes = new MetricWrites(nowMs);
        known[name] = writes;
        _writtenCount++;
        return writes;
    }

    /// <summary>Remembers that readers of a kind read what a condition says.</summary>
    public void Read(WorkspaceUsage workspace, NameCondition condition, ReaderKind kind, long nowMs)
    {
        if (condition.IsAll)
        {
            workspace.All.Add(kind, 1, nowMs);
            if (TallyOfExample(workspace, condition.Text) is { } example)
            {
                example.Add(kind, 1, nowMs);
            }

            return;
        }

        foreach (byte[] name in condition.Names)
        {
            TallyOf(workspace, name)?.Add(kind, 1, nowMs);
        }

        if (condition.Patterns.Count > 0)
        {
            TallyOf(workspace, condition)?.Add(kind, 1, nowMs);
        }
    }

    /// <summary>The reads of a name; null beyond a bound, which is counted.</summary>
    public ReadTally? TallyOf(WorkspaceUsage workspace, byte[] name)
    {
        if (workspace.Reads.TryGetValue(name, out ReadTally? tally))
        {
            return tally;
        }

        if (_readCount >= Bounds.Metrics || name.Length > Bounds.NameBytes)
        {
            Lose(UsageLoss.ReadsOverBound);
            return null;
        }

        tally = new ReadTally();
        workspace.Reads.Add(name, tally);
        _readCount++;
        return tally;
    }

    /// <summary>The reads of a pattern; null beyond a bound, which is counted.</summary>
    public ReadTally? TallyOf(WorkspaceUsage workspace, NameCondition pattern)
    {
        if (workspace.Patterns.TryGetValue(pattern.Text, out PatternReads? known))
        {
            return known.Tally;
        }

        if (_patternCount >= Bounds.Patterns || pattern.Text.Length > Bounds.NameBytes)
        {
            Lose(UsageLoss.ReadsOverBound);
            return null;
        }

        ReadTally tally = new();
        workspace.Patterns.Add(pattern.Text, new PatternReads(pattern, tally));
        _patternCount++;
        return tally;
    }

    /// <summary>The reads of a selector that reads everything; null when there are examples enough.</summary>
    public ReadTally? TallyOfExample(WorkspaceUsage workspace, string selector)
    {
        if (!workspace.Examples.TryGetValue(selector, out ReadTally? tally) && workspace.Examples.Count < Bounds.Examples)
        {
            tally = new ReadTally();
            workspace.Examples.Add(selector, tally);
        }

        return tally;
    }

    /// <summary>A workspace that is read from a file, whatever the bounds; null when it was there before.</summary>
    public WorkspaceUsage? Restored(string name)
    {
        WorkspaceUsage workspace = new();
        return _workspaces.TryAdd(name, workspace) ? workspace : null;
    }

    /// <summary>Everything was read from the file.</summary>
    public void EndRestore() => Recount();

    /// <summary>Puts what was read from a file.</summary>
    public void Restore(long updatedMs, double watchedSeconds, long period, double currentSeconds, double previousSeconds)
    {
        UpdatedMs = updatedMs;
        WatchedSeconds = watchedSeconds;
        Period = period;
        CurrentSeconds = currentSeconds;
        PreviousSeconds = previousSeconds;
    }

    /// <summary>Forgets the readers of files, which are then read anew.</summary>
    public void ForgetFiles()
    {
        _workspaces.Remove(AnyWorkspace);
        Recount();
    }

    private void Forget(long beforeMs)
    {
        foreach (WorkspaceUsage workspace in _workspaces.Values)
        {
            workspace.Forget(beforeMs);
        }

        Recount();
    }

    private void Recount()
    {
        _writtenCount = 0;
        _readCount = 0;
        _patternCount = 0;
        foreach (WorkspaceUsage workspace in _workspaces.Values)
        {
            _writtenCount += workspace.Written.Count;
            _readCount += workspace.Reads.Count;
            _patternCount += workspace.Patterns.Count;
        }
    }
}
