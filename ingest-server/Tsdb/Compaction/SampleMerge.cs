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
    /// <remarks>
    /// By runs, since lists overlap at their ends as a rule: the head keeps what a block was cut from until its chunks are old
    /// as a whole.
    /// </remarks>
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
            int run = LengthOfRun(chosen, timestampMs);
            _lists[chosen].CopyTo(_places[chosen], run, ref sink);
            for (int list = 0; list < Count; list++)
            {
                // From one that has the same times as many are skipped.
                _places[list] += list == chosen || IsAt(list, timestampMs) ? run : 0;
            }
        }
    }

    private bool IsAt(int list, long timestampMs) => NextOf(list) is [long next, ..] && next == timestampMs;

    /// <summary>The times of a list that were not handed over.</summary>
    private ReadOnlySpan<long> NextOf(int list) => _lists[list].Timestamps[_places[list]..];

    /// <summary>The first of the lists that have the lowest time.</summary>
    private bool TryFindNext(out int chosen, out long timestampMs)
    {
        chosen = -1;
        timestampMs = 0;
        for (int list = 0; list < Count; list++)
        {
            ReadOnlySpan<long> next = NextOf(list);
            if (!next.IsEmpty && (chosen < 0 || next[0] < timestampMs))
            {
                chosen = list;
                timestampMs = next[0];
            }
        }

        return chosen >= 0;
    }

    /// <summary>How many samples of a list come before any other list's, or at the same times as theirs.</summary>
    private int LengthOfRun(int chosen, long timestampMs)
    {
        ReadOnlySpan<long> run = NextOf(chosen);
        for (int list = 0; list < Count; list++)
        {
            ReadOnlySpan<long> other = NextOf(list);
            if (list == chosen || other.IsEmpty)
            {
                continue;
            }

            if (other[0] == timestampMs)
            {
                run = run[..run.CommonPrefixLength(other)];
            }
            else if (run[^1] >= other[0])
            {
                int end = run.BinarySearch(other[0]);
                run = run[..(end < 0 ? ~end : end)];
            }
        }

        return run.Length;
    }
}
