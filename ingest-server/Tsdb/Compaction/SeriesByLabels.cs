namespace AmpEdge.Tsdb;

/// <summary>
/// The series of the head in the order of their labels, some at a time: a sixteenth of them, so that a cut of a large head
/// does not need an array of all. Each time the head is gone through for those that come next. Its user is registered with
/// <see cref="Retirement"/>.
/// </summary>
internal sealed class SeriesByLabels
{
    /// <summary>Smaller heads are sorted at once.</summary>
    public const int FewSeries = 64 * 1024;

    private const int Parts = 16;

    private readonly Head _head;
    private readonly LabelOrder _order;
    private readonly CancellationToken _stop;

    /// <summary>Keys of the labels of those next in order so far, once there are enough with the last one of them on top.</summary>
    private readonly uint[] _keys;

    /// <summary>The ids of the same series.</summary>
    private readonly uint[] _ids;
    private int _count;

    /// <summary>The key of the last series that was handed out; null before the first.</summary>
    private uint? _last;

    public SeriesByLabels(Head head, int fewSeries, CancellationToken stop)
    {
        _head = head;
        _order = new LabelOrder(head);
        _stop = stop;
        _keys = new uint[Math.Min(Math.Max(fewSeries, head.LiveSeries / Parts), Math.Max(head.LiveSeries, 1))];
        _ids = new uint[_keys.Length];
    }

    /// <summary>The ids of the series that come next, in order; empty at the end.</summary>
    public uint[] Next()
    {
        _count = 0;
        for (uint place = 1; place < _head.Series.End; place++)
        {
            if (place % Head.BatchSeries == 0)
            {
                _stop.ThrowIfCancellationRequested();
            }

            ref readonly SeriesEntry series = ref _head.Series[place];
            if (IsInIndex(series.Id, place) && (_last is not { } last || _order.Compare(series.Key, last) > 0))
            {
                Offer(series.Key, series.Id);
            }
        }

        Array.Sort(_keys, _ids, 0, _count, _order);
        _last = _count > 0 ? _keys[_count - 1] : _last;
        return _ids[.._count];
    }

    private bool IsInIndex(uint id, uint place) => id != 0 && _head.Index.Ids[id] == place;

    private void Offer(uint key, uint id)
    {
        if (_count < _keys.Length)
        {
            (_keys[_count], _ids[_count]) = (key, id);
            _count++;
            for (int root = (_count / 2) - 1; _count == _keys.Length && root >= 0; root--)
            {
                SiftDown(root);
            }
        }
        else if (_order.Compare(key, _keys[0]) < 0)
        {
            (_keys[0], _ids[0]) = (key, id);
            SiftDown(0);
        }
    }

    private void SiftDown(int root)
    {
        while ((2 * root) + 1 is var child && child < _count)
        {
            child += child + 1 < _count && _order.Compare(_keys[child + 1], _keys[child]) > 0 ? 1 : 0;
            if (_order.Compare(_keys[root], _keys[child]) >= 0)
            {
                return;
            }

            (_keys[root], _keys[child]) = (_keys[child], _keys[root]);
            (_ids[root], _ids[child]) = (_ids[child], _ids[root]);
            root = child;
        }
    }
}
