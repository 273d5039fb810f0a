using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The series that a segment describes, as a destination queues them. Emptied at each new segment, so it holds no more than one
/// segment's descriptions. Not thread-safe.
/// </summary>
internal sealed class SegmentSeries(WriteRules rules)
{
    private readonly WriteRules _rules = rules;
    private readonly Dictionary<SeriesRef, Described> _series = [];
    private readonly ByteBuffer _labels = new();

    public void Clear()
    {
        foreach (Described described in _series.Values)
        {
            _rules.Forget(described.Ruling);
        }

        _series.Clear();
        _labels.Clear();
    }

    /// <summary>False for a number that the segment did not describe.</summary>
    public bool TryGet(SeriesRef series, out SeriesLabels labels)
    {
        if (!_series.TryGetValue(series, out Described found))
        {
            labels = default;
            return false;
        }

        labels = _rules.LabelsOf(found.Ruling, _labels.Written.Slice(found.Start, found.Length), found.Hash);
        return true;
    }

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

            ref Described described = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _series, new SeriesRef((uint)number), out bool known);
            if (known)
            {
                _rules.Forget(described.Ruling);
            }

            described = new Described(_labels.Length, labels.Length, XxHash64.Hash(labels), _rules.Judge(labels));
            _labels.Append(labels);
        }

        return !reader.Truncated;
    }

    private readonly record struct Described(int Start, int Length, ulong Hash, WriteRuling Ruling);
}
