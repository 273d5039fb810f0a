namespace AmpEdge.Tsdb;

/// <summary>
/// The series of the head in the order of their labels, some at a time: a sixteenth of them, so that a cut of a large head
/// does not need an array of all. Each time the head is gone through for those that come next. Its user is registered with
/// <see cref="Retirement"/>.
/// </summary>
internal sealed class SeriesByLabels : IComparer<uint>
{
    /// <summary>Smaller heads are sorted at once.</summary>
    public const int FewSeries = 64 * 1024;

    private const int Parts = 16;

    private readonly Head _head;
    private readonly CancellationToken _stop;

    /// <summary>Places of series: those next in order so far, once there are enough with the last one of them on top.</summary>
    private readonly uint[] _places;
    private int _count;

    /// <summary>The last series that was handed out; 0 before the first.</summary>
    private uint _last;

    public SeriesByLabels(Head head, int fewSeries, CancellationToken stop)
    {
        _head = head;
        _stop = stop;
        _places = new uint[Math.Min(Math.Max(fewSeries, head.LiveSeries / Parts), Math.Max(head.LiveSeries, 1))];
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

            if (IsInIndex(place) && (_last == 0 || Compare(place, _last) > 0))
            {
                Offer(place);
            }
        }

        Array.Sort(_places, 0, _count, this);
        _last = _count > 0 ? _places[_count - 1] : _last;
        uint[] ids = new uint[_count];
        for (int index = 0; index < ids.Length; index++)
        {
            ids[index] = _head.Series[_places[index]].Id;
        }

        return ids;
    }

    public int Compare(uint x, uint y) => RawLabels.Compare(LabelsOf(x), LabelsOf(y));

    private ReadOnlySpan<byte> LabelsOf(uint place) => _head.Keys.Get(_head.Series[place].Key);

    private bool IsInIndex(uint place)
    {
        uint id = _head.Series[place].Id;
        return id != 0 && _head.Index.Ids[id] == place;
    }

    private void Offer(uint place)
    {
        if (_count < _places.Length)
        {
            _places[_count++] = place;
            for (int root = (_count / 2) - 1; _count == _places.Length && root >= 0; root--)
            {
                SiftDown(root);
            }
        }
        else if (Compare(place, _places[0]) < 0)
        {
            _places[0] = place;
            SiftDown(0);
        }
    }

    private void SiftDown(int root)
    {
        while ((2 * root) + 1 is var child && child < _count)
        {
            child += child + 1 < _count && Compare(_places[child + 1], _places[child]) > 0 ? 1 : 0;
            if (Compare(_places[root], _places[child]) >= 0)
            {
                return;
            }

            (_places[root], _places[child]) = (_places[child], _places[root]);
            root = child;
        }
    }
}
