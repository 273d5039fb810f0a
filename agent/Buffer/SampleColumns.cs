using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>The entries of one record, all of one kind, as columns of equal length, in the order appended.</summary>
/// <remarks>
/// Besides time and value an entry may have a payload: the message of a native histogram, or the label blob of an exemplar. A
/// plain sample has none. The payloads stand behind each other from <c>payloadStart</c> on.
/// </remarks>
internal readonly ref struct SampleColumns(
    SampleKind kind,
    ReadOnlySpan<SeriesRef> series,
    ReadOnlySpan<long> timestampsMs,
    ReadOnlySpan<double> values,
    ReadOnlySpan<int> payloadEnds,
    ReadOnlySpan<byte> payloads,
    int payloadStart = 0)
{
    private readonly ReadOnlySpan<int> _payloadEnds = payloadEnds;
    private readonly ReadOnlySpan<byte> _payloads = payloads;
    private readonly int _payloadStart = payloadStart;

    public SampleKind Kind { get; } = kind;

    public ReadOnlySpan<SeriesRef> Series { get; } = series;

    public ReadOnlySpan<long> TimestampsMs { get; } = timestampsMs;

    public ReadOnlySpan<double> Values { get; } = values;

    public int Count => Series.Length;

    /// <summary>The bytes of all payloads.</summary>
    public int PayloadLength => _payloadEnds.IsEmpty ? 0 : _payloadEnds[^1] - _payloadStart;

    /// <summary>The latest time of any entry: they are in the order of their series. There must be one.</summary>
    public long NewestMs
    {
        get
        {
            long newest = TimestampsMs[0];
            foreach (long timestampMs in TimestampsMs)
            {
                newest = Math.Max(newest, timestampMs);
            }

            return newest;
        }
    }

    public ReadOnlySpan<byte> Payload(int index) =>
        _payloadEnds.IsEmpty ? default : _payloads[PayloadStart(index).._payloadEnds[index]];

    /// <summary>Some of the entries.</summary>
    public SampleColumns Slice(int start, int count) => new(
        Kind,
        Series.Slice(start, count),
        TimestampsMs.Slice(start, count),
        Values.Slice(start, count),
        _payloadEnds.IsEmpty ? default : _payloadEnds.Slice(start, count),
        _payloads,
        _payloadEnds.IsEmpty ? 0 : PayloadStart(start));

    private int PayloadStart(int index) => index == 0 ? _payloadStart : _payloadEnds[index - 1];
}
