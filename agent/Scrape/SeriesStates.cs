using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>The series of one target: which are alive, so that those that end get a staleness marker.</summary>
internal sealed class SeriesStates(ISampleStore store)
{
    private readonly Dictionary<SeriesRef, int> _byRef = [];
    private SeriesState[] _states = [];
    private int _count;
    private int _trackedBefore;
    private int _trackedNow;

    public Span<SeriesState> States => _states.AsSpan(0, _count);

    /// <summary>The scrape whose series are alive: the last one that was committed, good or failed.</summary>
    public int CommittedScrape { get; private set; }

    public ref SeriesState this[int index] => ref _states[index];

    /// <summary>The state of a label set, made at first sight; counts one more line for it.</summary>
    public int AddLine(Labels labels)
    {
        SeriesRef series = store.Acquire(labels);
        if (_byRef.TryGetValue(series, out int index))
        {
            store.Release(series);
            _states[index].Lines++;
            return index;
        }

        if (_count == _states.Length)
        {
            Array.Resize(ref _states, Math.Max(64, _count * 2));
        }

        _states[_count] = new SeriesState { Ref = series, Lines = 1 };
        _byRef.Add(series, _count);
        return _count++;
    }

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
    /// Releases the series that no line leads to any more; <paramref name="lines"/> gets their new indexes.
    /// </summary>
    public void RemoveUnused(LineTable lines)
    {
        int[] newIndexes = new int[_count];
        int kept = 0;
        for (int index = 0; index < _count; index++)
        {
            SeriesState state = _states[index];
            if (state.Lines == 0)
            {
                _byRef.Remove(state.Ref);
                store.Release(state.Ref);
                continue;
            }

            newIndexes[index] = kept;
            _byRef[state.Ref] = kept;
            _states[kept++] = state;
        }

        _count = kept;
        foreach (ref CachedLine line in lines.Lines)
        {
            line.Series = line.Series < 0 ? line.Series : newIndexes[line.Series];
        }
    }

    /// <summary>Releases every series: the target is gone.</summary>
    public void Clear()
    {
        foreach (ref readonly SeriesState state in States)
        {
            store.Release(state.Ref);
        }

        _byRef.Clear();
        _count = 0;
        _trackedBefore = 0;
    }
}
