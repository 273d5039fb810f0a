namespace AmpEdge.Tsdb;

/// <summary>The order of labels among series of the head, by the keys of their labels.</summary>
internal sealed class LabelOrder(Head head) : IComparer<uint>
{
    private readonly SeriesKeys _keys = head.Keys;

    /// <summary>The ids of those series that there are, sorted by their labels; uses up the array that it is given.</summary>
    public static uint[] Sort(Head head, uint[] ids)
    {
        uint[] keys = new uint[ids.Length];
        int count = 0;
        foreach (uint id in ids)
        {
            uint series = head.Index.Ids[id];
            if (series != 0)
            {
                ids[count] = id;
                keys[count++] = head.Series[series].Key;
            }
        }

        Array.Sort(keys, ids, 0, count, new LabelOrder(head));
        return ids[..count];
    }

    /// <summary>Compares the labels behind two keys.</summary>
    public int Compare(uint x, uint y) => RawLabels.Compare(_keys.Get(x), _keys.Get(y));
}
