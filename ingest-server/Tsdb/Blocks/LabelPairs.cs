namespace AmpEdge.Tsdb;

/// <summary>
/// The distinct labels, name and value, of a block that is being written, numbered as they come, with the number of
/// series that each has.
/// </summary>
internal sealed class LabelPairs
{
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<ulong> _pairs = [];
    private readonly List<int> _series = [];

    public int Count => _pairs.Count;

    /// <summary>The number of the label of one more series, given the symbols of name and value.</summary>
    public int Add(int name, int value)
    {
        ulong pair = ((ulong)(uint)name << 32) | (uint)value;
        if (!_numbers.TryGetValue(pair, out int number))
        {
            number = _pairs.Count;
            _numbers.Add(pair, number);
            _pairs.Add(pair);
            _series.Add(0);
        }

        _series[number]++;
        return number;
    }

    public int NameOf(int pair) => (int)(_pairs[pair] >> 32);

    public int ValueOf(int pair) => (int)(uint)_pairs[pair];

    public int SeriesOf(int pair) => _series[pair];

    /// <summary>The numbers sorted by name and then value, given the place of each symbol in their order.</summary>
    public int[] Sorted(int[] rankOfSymbol)
    {
        int[] order = new int[_pairs.Count];
        ulong[] keys = new ulong[_pairs.Count];
        for (int pair = 0; pair < order.Length; pair++)
        {
            order[pair] = pair;
            keys[pair] = ((ulong)(uint)rankOfSymbol[NameOf(pair)] << 32) | (uint)rankOfSymbol[ValueOf(pair)];
        }

        Array.Sort(keys, order);
        return order;
    }
}
