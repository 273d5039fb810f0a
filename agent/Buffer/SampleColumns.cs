using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>The entries of one record, all of one kind, as columns of equal length, in the order appended.</summary>
/// <remarks>
/// Besides time and value an entry may have a payload: the message of a native histogram, or the label blob of an exemplar. A
/// plain sample has none.
/// </remarks>
internal readonly ref struct SampleColumns(
    SampleKind kind,
    ReadOnlySpan<SeriesRef> series,
    ReadOnlySpan<long> timestampsMs,
    ReadOnlySpan<double> values,
    ReadOnlySpan<int> payloadEnds,
    ReadOnlySpan<byte> payloads)
{
    private readonly ReadOnlySpan<int> _payloadEnds = payloadEnds;
    private readonly ReadOnlySpan<byte> _payloads = payloads;

    public SampleKind Kind { get; } = kind;

    public ReadOnlySpan<SeriesRef> Series { get; } = series;

    public ReadOnlySpan<long> TimestampsMs { get; } = timestampsMs;

    public ReadOnlySpan<double> Values { get; } = values;

    public int Count => Series.Length;

    /// <summary>The bytes of all payloads.</summary>
    public int PayloadLength => _payloads.Length;

    public ReadOnlySpan<byte> Payload(int index)
    {
        if (_payloadEnds.IsEmpty)
        {
            return default;
        }

        int start = index == 0 ? 0 : _payloadEnds[index - 1];
        return _payloads[start.._payloadEnds[index]];
    }
}
