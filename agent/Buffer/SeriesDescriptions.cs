using System.Runtime.CompilerServices;
using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Which series the segment that is being written describes already, and the record that describes the others. Used under the
/// buffer's commit lock only.
/// </summary>
/// <remarks>
/// A record stands for itself: each label once, each series as the places of its labels among them. So a damaged one costs no
/// series but its own.
/// </remarks>
internal sealed class SeriesDescriptions(SeriesTable table)
{
    private readonly SeriesTable _table = table;

    /// <summary>Series of the commit that the segment does not describe yet.</summary>
    private readonly List<SeriesRef> _missing = [];

    /// <summary>The labels of the record, by the table's numbers.</summary>
    private readonly List<int> _labels = [];
    private int _labelBytes;
    private readonly ByteBuffer _series = new();
    private readonly ByteBuffer _places = new();

    /// <summary>By series number: <see cref="_mark"/> when the series is described.</summary>
    private int[] _described = new int[1024];

    /// <summary>Another one for each segment, so that nothing counts as described at its beginning.</summary>
    private int _mark = 1;
    private SegmentIndex _segment;
    private long _bytesInSegment;

    /// <summary>How many bytes of a segment are descriptions; 0 for another one than the last.</summary>
    public long BytesIn(SegmentIndex segment) => segment == _segment ? _bytesInSegment : 0;

    /// <summary>The most bytes that the record takes which <see cref="Write"/> adds, if it is called for that segment.</summary>
    public long MaxLength(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        FindMissing(lists, segment);
        if (_missing.Count == 0)
        {
            return 0;
        }

        long length = 0;
        using SeriesTable.LabelReader labels = _table.ReadLabels();
        foreach (SeriesRef series in _missing)
        {
            // A number in the table takes a byte at least, a place in the record five at most.
            length += labels.LengthOf(series) + (5 * labels.NumbersOf(series).Length) + (2 * Uvarint.MaxLength);
        }

        return length;
    }

    /// <summary>Adds what is missing to a batch for that segment.</summary>
    public void Write(ReadOnlySpan<SampleList> lists, SegmentIndex segment, WalBatch batch)
    {
        FindMissing(lists, segment);
        if (_missing.Count > 0)
        {
            WriteMissing(batch);
        }
    }

    /// <summary>What was described last was not written, or not to its end: all is described again.</summary>
    public void StartOver()
    {
        using SeriesTable.LabelReader labels = _table.ReadLabels();
        foreach (int label in _labels)
        {
            labels.MarkOf(label) = 0;
        }

        _labels.Clear();
        _labelBytes = 0;
        _series.Clear();
        _mark++;
    }

    /// <summary>The number may from now on stand for another series.</summary>
    public void Forget(SeriesRef series)
    {
        if (series.Value < _described.Length)
        {
            _described[series.Value] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindMissing(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        if (segment != _segment)
        {
            _segment = segment;
            _bytesInSegment = 0;
            _mark++;
        }

        EnsureRoom();
        _missing.Clear();
        foreach (SampleList list in lists)
        {
            foreach (SeriesRef series in list.Columns.Series)
            {
                if (_described[series.Value] != _mark)
                {
                    _missing.Add(series);
                }
            }
        }
    }

    private void WriteMissing(WalBatch batch)
    {
        using SeriesTable.LabelReader labels = _table.ReadLabels();
        foreach (SeriesRef series in _missing)
        {
            // A series may come twice in a commit.
            if (_described[series.Value] == _mark)
            {
                continue;
            }

            _described[series.Value] = _mark;
            AddSeries(series, labels);
            if (_labelBytes + _series.Length >= CommitLayout.RecordBytes)
            {
                WriteRecord(labels, batch);
            }
        }

        WriteRecord(labels, batch);
    }

    private void WriteRecord(SeriesTable.LabelReader labels, WalBatch batch)
    {
        if (_series.Length == 0)
        {
            return;
        }

        ByteBuffer record = batch.BeginRecord(BufferRecord.Series);
        record.AppendUvarint((ulong)_labels.Count);
        foreach (int label in _labels)
        {
            record.Append(labels.Label(label));
            labels.MarkOf(label) = 0;
        }

        record.Append(_series.Written);
        _bytesInSegment += _labelBytes + _series.Length;
        batch.EndRecord();
        _labels.Clear();
        _labelBytes = 0;
        _series.Clear();
    }

    /// <summary>A label's mark is its place in the record and one.</summary>
    private void AddSeries(SeriesRef series, SeriesTable.LabelReader labels)
    {
        _places.Clear();
        SpanReader numbers = new(labels.NumbersOf(series));
        while (!numbers.AtEnd)
        {
            int number = (int)numbers.ReadUvarint();
            ref int mark = ref labels.MarkOf(number);
            if (mark == 0)
            {
                _labels.Add(number);
                _labelBytes += labels.Label(number).Length;
                mark = _labels.Count;
            }

            _places.AppendUvarint((ulong)mark - 1);
        }

        _series.AppendUvarint(series.Value);
        _series.AppendLengthPrefixed(_places.Written);
    }

    private void EnsureRoom()
    {
        int limit = _table.RefLimit;
        if (limit > _described.Length)
        {
            Array.Resize(ref _described, Math.Max(limit, _described.Length * 2));
        }
    }
}
