using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>The series of one target: which are alive, so that those that end get a staleness marker.</summary>
internal sealed class SeriesStates(ISampleStore store)
{
    private PooledArray<SeriesState> _states;

    /// <summary>Made when a page brings lines of series that somebody refers to already, and dropped behind the page.</summary>
    private Dictionary<SeriesRef, int>? _byRef;
    private int _trackedBefore;
    private int _trackedNow;

    public Span<SeriesState> States => _states.Used;

    /// <summary>The scrape whose series are alive: the last one that was committed, good or failed.</summary>
    public int CommittedScrape { get; private set; }

    public ref SeriesState this[int index] => ref _states[index];

    /// <summary>
    /// The state of a label set, made at first sight; counts one more line for it. -1 when the series would be a new one
    /// beyond <paramref name="limit"/>, where zero is none.
    /// </summary>
    public int AddLine(Labels labels, long limit)
    {
        _states.EnsureRoom();
        SeriesRef series = store.Acquire(labels, out bool isFirst);
        bool isKept = false;
        try
        {
            if (!isFirst && (_byRef ??= IndexByRef()).TryGetValue(series, out int known))
            {
                _states[known].Lines++;
                return known;
            }

            if (!HasRoom(limit))
            {
                return -1;
            }

            _byRef?.Add(series, _states.Length);
            _states.Add(new SeriesState { Ref = series, Lines = 1 });
            isKept = true;
            return _states.Length - 1;
        }
        finally
        {
            // Known already, one too many, or no memory for the index.
            if (!isKept)
            {
                store.Release(series);
            }
        }
    }

    /// <summary>Whether one more series is within the limit, where zero is none, and within what memory there is.</summary>
    public bool HasRoom(long limit) => (limit == 0 || _states.Length < limit) && store.TakesSeries();

    /// <summary>Notes that a good scrape stored a sample of the series.</summary>
    public void Track(int index, int scrape)
    {
        ref SeriesState state = ref _states[index];
        if (state.TrackedIn == scrape)
        {
            return;
        }

        _trackedBefore -= state.TrackedIn == CommittedScrape && CommittedScrape > 0 ? 1 : 0;
        _trackedNow++;
        state.TrackedIn = scrape;
    }

    /// <summary>
    /// Ends a scrape: adds a staleness marker for each series that was alive and was not tracked in this one.
    /// </summary>
    public void Commit(int scrape, long timestampMs, SampleBatch batch)
    {
        if (_trackedBefore > 0)
        {
            foreach (ref readonly SeriesState state in States)
            {
                if (state.TrackedIn == CommittedScrape)
                {
                    batch.Add(state.Ref, timestampMs, StaleMarker.Value);
                }
            }
        }

        _trackedBefore = _trackedNow;
        _trackedNow = 0;
        CommittedScrape = scrape;
    }

    /// <summary>
    /// Releases the series that no line leads to any more; <paramref name="lines"/> gets their new indexes, and
    /// <paramref name="exemplars"/> forgets them.
    /// </summary>
    public void RemoveUnused(LineTable lines, ExemplarFilter exemplars)
    {
        int[] newIndexes = new int[_states.Length];
        int kept = 0;
        for (int index = 0; index < _states.Length; index++)
        {
            SeriesState state = _states[index];
            if (state.Lines == 0)
            {
                exemplars.Forget(state.Ref);
                store.Release(state.Ref);
                continue;
            }

            newIndexes[index] = kept;
            _states[kept++] = state;
        }

        _states.Truncate(kept);
        _byRef = null;
        foreach (ref CachedLine line in lines.Lines)
        {
            line.Series = line.Series < 0 ? line.Series : newIndexes[line.Series];
        }
    }

    /// <summary>Gives back what only a page that brings new lines needs, and what growing took too much.</summary>
    public void Settle()
    {
        _byRef = null;
        _states.Settle();
    }

    /// <summary>Releases every series: the target is gone.</summary>
    public void Clear()
    {
        foreach (ref readonly SeriesState state in States)
        {
            store.Release(state.Ref);
        }

        _byRef = null;
        _states.Clear();
        _trackedBefore = 0;
    }

    private Dictionary<SeriesRef, int> IndexByRef()
    {
        Dictionary<SeriesRef, int> byRef = new(_states.Length);
        for (int index = 0; index < _states.Length; index++)
        {
            byRef.Add(_states[index].Ref, index);
        }

        return byRef;
    }
}
