namespace AmpEdge.Tsdb;

/// <summary>Takes old samples out of the head, and series that are left without any. One run at a time.</summary>
internal sealed class HeadTruncation(Head head)
{
    /// <summary>Each round of removals rewrites the posting lists it touches, so a round is large.</summary>
    private const int RemoveSeries = 64 * 1024;

    private readonly Head _head = head;

    /// <summary>See <see cref="Head.DropBefore"/>.</summary>
    public void DropBefore(long minTimeMs, long lateUpTo)
    {
        long earliestMs = long.MaxValue;
        List<uint> empty = [];
        using (_head.Stages.Stop())
        {
            _head.Times.BeginTruncation();
        }

        for (uint first = 1; first < _head.Series.End; first += Head.BatchSeries)
        {
            uint end = Math.Min(first + Head.BatchSeries, _head.Series.End);
            earliestMs = Math.Min(earliestMs, DropChunks(first, end, minTimeMs, lateUpTo, empty));
            if (empty.Count >= RemoveSeries)
            {
                RemoveEmpty(empty);
            }
        }

        RemoveEmpty(empty);
        using (_head.Stages.Stop())
        {
            _head.Times.EndTruncation(earliestMs);
            _head.TrimTombstones();
        }

        _head.DropEmptyPages();
    }

    /// <summary>Drops old chunks of the series in a range of places, and notes those that then have none.</summary>
    private long DropChunks(uint first, uint end, long minTimeMs, long lateUpTo, List<uint> empty)
    {
        long earliestMs = long.MaxValue;
        using (_head.Stages.Stop())
        {
            long sequence = _head.NewSequence();
            for (uint series = first; series < end; series++)
            {
                ref SeriesEntry entry = ref _head.Series[series];
                if (entry.State == SeriesState.Pending
                    || (entry.State == SeriesState.Live && _head.Chunks.DropBefore(ref entry, minTimeMs, lateUpTo, sequence)))
                {
                    empty.Add(series);
                }
                else if (entry.State == SeriesState.Live)
                {
                    earliestMs = Math.Min(earliestMs, _head.Chunks.MinTimeMs(in entry));
                }
            }

            _head.Retirement.Publish(sequence, _head.Index.Ids.End);
        }

        _head.ReleaseRetired();
        return earliestMs;
    }

    /// <summary>Removes those series that still have no samples, and empties the list.</summary>
    private void RemoveEmpty(List<uint> empty)
    {
        if (empty.Count == 0)
        {
            return;
        }

        using (_head.Stages.Stop())
        {
            long sequence = _head.NewSequence();
            empty.RemoveAll(series => !IsEmpty(in _head.Series[series]));
            _head.Remove(empty, sequence);
            _head.Retirement.Publish(sequence, _head.Index.Ids.End);
        }

        _head.ReleaseRetired();
        empty.Clear();
    }

    /// <summary>A request may have been committed since the series was noted.</summary>
    private bool IsEmpty(in SeriesEntry entry) =>
        entry.State == SeriesState.Pending || (entry.State == SeriesState.Live && !_head.Chunks.HasSamples(in entry));
}
