namespace AmpEdge.Proxy.Usage;

/// <summary>Who has read something, how often and when last. Not thread-safe.</summary>
internal sealed class ReadTally
{
    private ReadCount[] _counts = [];

    /// <summary>One entry for each kind that was seen, by rising number.</summary>
    public IReadOnlyList<ReadCount> Counts => _counts;

    /// <summary>When anything read last, in milliseconds since 1970; 0 when nothing did.</summary>
    public long LastMs
    {
        get
        {
            long last = 0;
            foreach (ReadCount count in _counts)
            {
                last = Math.Max(last, count.LastMs);
            }

            return last;
        }
    }

    public long Total
    {
        get
        {
            long total = 0;
            foreach (ReadCount count in _counts)
            {
                total += count.Count;
            }

            return total;
        }
    }

    /// <summary>Adds reads to those of their kind.</summary>
    public void Add(ReaderKind kind, long count, long timeMs)
    {
        int index = PlaceOf(kind);
        ReadCount known = _counts[index];
        _counts[index] = new ReadCount(kind, known.Count + count, Math.Max(known.LastMs, timeMs));
    }

    public void Add(ReadTally other)
    {
        foreach (ReadCount count in other._counts)
        {
            Add(count.Kind, count.Count, count.LastMs);
        }
    }

    private int PlaceOf(ReaderKind kind)
    {
        int index = 0;
        while (index < _counts.Length && _counts[index].Kind < kind)
        {
            index++;
        }

        if (index == _counts.Length || _counts[index].Kind != kind)
        {
            _counts = [.. _counts[..index], new ReadCount(kind, 0, 0), .. _counts[index..]];
        }

        return index;
    }
}
