namespace AmpEdge.Tsdb;

/// <summary>
/// Brings lists of samples of one series together that overlap in time. Of several at one time the first list's stays.
/// Reused from series to series; one thread.
/// </summary>
internal sealed class SampleMerge
{
    private readonly List<SampleColumns> _lists = [];
    private readonly List<int> _places = [];

    /// <summary>How many lists were begun.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all lists; their memory is used again.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a list, whose samples rise in time.</summary>
    public void Add(in SampleColumns samples)
    {
        if (Count == _lists.Count)
        {
            _lists.Add(samples);
        }
        else
        {
            _lists[Count] = samples;
        }

        Count++;
    }

    /// <summary>An empty list to fill and then <see cref="Add"/>.</summary>
    public SampleColumns Rent()
    {
        SampleColumns samples = Count < _lists.Count ? _lists[Count] : new SampleColumns();
        samples.Clear();
        return samples;
    }

    /// <summary>Hands over all samples, rising in time, each time once.</summary>
    public void WriteTo<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink
    {
        _places.Clear();
        for (int list = 0; list < Count; list++)
        {
            _places.Add(0);
        }

        while (TryFindNext(out int chosen, out long timestampMs))
        {
            _lists[chosen].CopyTo(_places[chosen], ref sink);
            for (int list = 0; list < Count; list++)
            {
                SampleColumns samples = _lists[list];
                while (_places[list] < samples.Count && samples.Timestamps[_places[list]] == timestampMs)
                {
                    _places[list]++;
                }
            }
        }
    }

    private bool TryFindNext(out int chosen, out long timestampMs)
    {
        chosen = -1;
        timestampMs = 0;
        for (int list = 0; list < Count; list++)
        {
            SampleColumns samples = _lists[list];
            if (_places[list] < samples.Count
                && (chosen < 0 || samples.Timestamps[_places[list]] < timestampMs))
            {
                chosen = list;
                timestampMs = samples.Timestamps[_places[list]];
            }
        }

        return chosen >= 0;
    }
}
