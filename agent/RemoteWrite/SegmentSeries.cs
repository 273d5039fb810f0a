using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>The series that a segment describes, as a destination sends them. Emptied at each new segment.</summary>
internal sealed class SegmentSeries(LabelBlockBuilder blocks)
{
    private readonly Dictionary<SeriesRef, SendSeries> _series = [];

    public void Clear() => _series.Clear();

    /// <summary>False for a number that the segment did not describe.</summary>
    public bool TryGet(SeriesRef series, out SendSeries found) => _series.TryGetValue(series, out found);

    /// <summary>Takes in a series record; false when it is not one. A number that comes again means another series from then on.</summary>
    public bool TryAdd(ReadOnlySpan<byte> payload)
    {
        SpanReader reader = new(payload);
        while (!reader.AtEnd)
        {
            ulong number = reader.ReadUvarint();
            ReadOnlySpan<byte> labels = reader.ReadLengthPrefixed();
            if (reader.Truncated || number is 0 or > uint.MaxValue)
            {
                return false;
            }

            _series[new SeriesRef((uint)number)] = blocks.Build(labels, XxHash64.Hash(labels));
        }

        return !reader.Truncated;
    }
}
