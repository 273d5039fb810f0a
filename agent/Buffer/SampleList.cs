using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>Growing columns of entries of one kind, reused from one scrape or record to the next. Not thread-safe.</summary>
internal sealed class SampleList(SampleKind kind = SampleKind.Sample)
{
    private const int FirstLength = 256;

    private readonly ByteBuffer _payloads = new(0);
    private SeriesRef[] _series = [];
    private long[] _timestampsMs = [];
    private double[] _values = [];

    /// <summary>Where each entry's payload ends; empty for plain samples, which have none.</summary>
    private int[] _payloadEnds = [];

    /// <summary>The other columns of <see cref="Reorder"/>, which are exchanged with ours.</summary>
    private SampleList? _spare;

    /// <summary>What the entries are; changes with what is read into the list.</summary>
    public SampleKind Kind { get; private set; } = kind;

    public int Count { get; private set; }

    public SampleColumns Columns => new(
        Kind,
        _series.AsSpan(0, Count),
        _timestampsMs.AsSpan(0, Count),
        _values.AsSpan(0, Count),
        Kind == SampleKind.Sample ? default : _payloadEnds.AsSpan(0, Count),
        _payloads.Written);

    public void Clear()
    {
        Count = 0;
        _payloads.Clear();
    }

    /// <summary>Empties the list for entries of the given kind.</summary>
    public void Clear(SampleKind kind)
    {
        Kind = kind;
        Clear();
    }

    /// <summary>Puts the samples into the order of the indexes, each of which comes once. For plain samples only.</summary>
    public void Reorder(ReadOnlySpan<int> indexes)
    {
        Invariant.Require(Kind == SampleKind.Sample && indexes.Length == Count, "an order names each sample once");
        _spare ??= new SampleList();
        _spare.Clear();
        foreach (int index in indexes)
        {
            _spare.Add(_series[index], _timestampsMs[index], _values[index]);
        }

        (_series, _spare._series) = (_spare._series, _series);
        (_timestampsMs, _spare._timestampsMs) = (_spare._timestampsMs, _timestampsMs);
        (_values, _spare._values) = (_spare._values, _values);
    }

    public void Add(SeriesRef series, long timestampMs, double value, ReadOnlySpan<byte> payload = default)
    {
        if (Count == _series.Length)
        {
            int length = Math.Max(FirstLength, Count * 2);
            Array.Resize(ref _series, length);
            Array.Resize(ref _timestampsMs, length);
            Array.Resize(ref _values, length);
        }

        if (Kind != SampleKind.Sample)
        {
            if (_payloadEnds.Length < _series.Length)
            {
                Array.Resize(ref _payloadEnds, _series.Length);
            }

            _payloads.Append(payload);
            _payloadEnds[Count] = _payloads.Length;
        }

        _series[Count] = series;
        _timestampsMs[Count] = timestampMs;
        _values[Count] = value;
        Count++;
    }
}
