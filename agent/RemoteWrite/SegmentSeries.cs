using System.Runtime.InteropServices;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The series that a segment describes, held in the table under its numbers there, with what a destination makes of them. Emptied
/// at each new segment, so it holds no more than one segment's descriptions. Not thread-safe.
/// </summary>
internal sealed class SegmentSeries(WriteRules rules, SeriesTable table)
{
    private readonly WriteRules _rules = rules;
    private readonly SeriesTable _table = table;

    /// <summary>By the segment's numbers, which are not those of the table: it may have been written by another process.</summary>
    private readonly Dictionary<SeriesRef, DescribedSeries> _series = [];

    /// <summary>Where the labels of the record lie in it.</summary>
    private readonly List<Range> _labels = [];
    private readonly ByteBuffer _blob = new();

    public void Clear()
    {
        foreach (DescribedSeries described in _series.Values)
        {
            LetGo(described);
        }

        _series.Clear();
    }

    /// <summary>Empties it, its memory included: nothing is read for now.</summary>
    public void Release()
    {
        Clear();
        _series.TrimExcess();
        _labels.TrimExcess();
    }

    /// <summary>False for a number that the segment did not describe.</summary>
    public bool TryGet(SeriesRef series, out DescribedSeries described) => _series.TryGetValue(series, out described);

    /// <summary>Takes in a record that describes series; false when anything in it is not understood.</summary>
    public bool TryAdd(byte recordType, ReadOnlySpan<byte> payload)
    {
        SpanReader reader = new(payload);
        bool isWhole = recordType == BufferRecord.SeriesAsText || TryReadLabels(ref reader);
        while (!reader.AtEnd)
        {
            isWhole &= recordType == BufferRecord.SeriesAsText ? TryAddAsText(ref reader) : TryAddByLabels(ref reader, payload);
        }

        return isWhole && !reader.Truncated;
    }

    private bool TryReadLabels(ref SpanReader reader)
    {
        _labels.Clear();
        for (ulong left = reader.ReadUvarint(); left > 0 && !reader.Truncated; left--)
        {
            int start = reader.Position;
            reader.ReadLengthPrefixed();
            reader.ReadLengthPrefixed();
            _labels.Add(start..reader.Position);
        }

        return !reader.Truncated;
    }

    private bool TryAddByLabels(ref SpanReader reader, ReadOnlySpan<byte> payload)
    {
        ulong number = reader.ReadUvarint();
        SpanReader places = new(reader.ReadLengthPrefixed());
        _blob.Clear();
        bool isWhole = true;
        while (!places.AtEnd)
        {
            ulong place = places.ReadUvarint();
            isWhole &= place < (ulong)_labels.Count;
            _blob.Append(isWhole ? payload[_labels[(int)place]] : default);
        }

        return isWhole && !reader.Truncated && !places.Truncated && TryAdd(number, _blob.Written);
    }

    private bool TryAddAsText(ref SpanReader reader)
    {
        ulong number = reader.ReadUvarint();
        ReadOnlySpan<byte> labels = reader.ReadLengthPrefixed();
        return !reader.Truncated && TryAdd(number, labels);
    }

    /// <summary>A number that comes again means another series from then on.</summary>
    private bool TryAdd(ulong number, ReadOnlySpan<byte> blob)
    {
        if (number is 0 or > uint.MaxValue || !IsWhole(blob))
        {
            return false;
        }

        // The place for it first: what is held is then remembered, whatever fails for want of memory.
        ref DescribedSeries described = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, new SeriesRef((uint)number), out _);
        DescribedSeries before = described;
        ulong hash = XxHash64.Hash(blob);
        WriteRuling ruling = _rules.Judge(blob);
        described = ruling.Kind == WriteRulingKind.AsScraped
            ? new DescribedSeries(ruling, _table.Hold(blob, hash), hash, blob.Length)
            : new DescribedSeries(ruling, ruling.Final, hash, blob.Length);
        LetGo(before);
        return true;
    }

    private static bool IsWhole(ReadOnlySpan<byte> blob)
    {
        SpanReader labels = new(blob);
        while (!labels.AtEnd)
        {
            labels.ReadLengthPrefixed();
            labels.ReadLengthPrefixed();
        }

        return !labels.Truncated;
    }

    private void LetGo(DescribedSeries described)
    {
        if (described.Ruling.Kind == WriteRulingKind.AsScraped)
        {
            _table.LetGo(described.Sent);
        }

        _rules.Forget(described.Ruling);
    }
}
