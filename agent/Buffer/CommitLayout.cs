using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Lays a commit out as records of one segment: the segment's start, the series that it does not describe yet, then the
/// entries. Used under the buffer's commit lock only.
/// </summary>
internal sealed class CommitLayout(WalBatch batch, SeriesTable table, TimeProvider time)
{
    /// <summary>
    /// A record is ended at about this length and another one begun: a target may have any number of series, a record of the
    /// log no more than <see cref="WalBatch.MaxPayloadLength"/>, and whoever reads holds one record in memory.
    /// </summary>
    private const int RecordBytes = 4 << 20;

    /// <summary>Room around the records: the segment's start, and what stands before and behind the first few payloads.</summary>
    private const int BatchOverhead = 512;

    /// <summary>One part in this many is far more than what stands around further records, each of which is long.</summary>
    private const int FurtherRecordsPart = 1024;

    private readonly WalBatch _batch = batch;
    private readonly SeriesTable _table = table;
    private readonly TimeProvider _time = time;
    private readonly ByteBuffer _labels = new();
    private readonly List<EntriesRecord> _records = [];

    /// <summary>By series number: the segment that describes the series already.</summary>
    private int[] _describedIn = new int[1024];

    /// <summary>The segment whose start record was written.</summary>
    private SegmentIndex _startedSegment;

    /// <summary>The records of entries of the last <see cref="Write"/>, in their order.</summary>
    public IReadOnlyList<EntriesRecord> Records => _records;

    /// <summary>The number may from now on stand for another series.</summary>
    public void Forget(SeriesRef series)
    {
        if (series.Value < _describedIn.Length)
        {
            _describedIn[series.Value] = 0;
        }
    }

    /// <summary>The most bytes that the commit takes, if it stands in that segment.</summary>
    public int MaxLength(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        EnsureDescribed();
        long total = BatchOverhead;
        foreach (SampleList list in lists)
        {
            SampleColumns samples = list.Columns;
            total += SamplesRecord.MaxLength(samples);
            foreach (SeriesRef series in samples.Series)
            {
                if (_describedIn[series.Value] != segment.Value)
                {
                    total += _table.LabelsLength(series) + 2 * Uvarint.MaxLength;
                }
            }
        }

        return (int)Math.Min(total + total / FurtherRecordsPart, int.MaxValue);
    }

    /// <summary>Fills the batch with the commit, for that segment.</summary>
    public void Write(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        EnsureDescribed();
        _batch.Clear();
        _records.Clear();
        WriteSegmentStart(segment);
        WriteSeries(lists, segment);
        for (int list = 0; list < lists.Length; list++)
        {
            WriteEntries(list, lists[list].Columns);
        }
    }

    /// <summary>The batch stands in that segment now.</summary>
    public void Appended(SegmentIndex segment) => _startedSegment = segment;

    /// <summary>Nothing of the batch is in the segment, so what it described is to be described again.</summary>
    public void NotAppended(ReadOnlySpan<SampleList> lists)
    {
        foreach (SampleList list in lists)
        {
            foreach (SeriesRef series in list.Columns.Series)
            {
                _describedIn[series.Value] = 0;
            }
        }
    }

    private void WriteSegmentStart(SegmentIndex segment)
    {
        if (_startedSegment != segment)
        {
            _batch.BeginRecord(BufferRecord.SegmentStart).AppendVarint(_time.GetUtcNow().ToUnixTimeMilliseconds());
            _batch.EndRecord();
        }
    }

    private void WriteSeries(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        ByteBuffer? record = null;
        int start = 0;
        foreach (SampleList list in lists)
        {
            foreach (SeriesRef series in list.Columns.Series)
            {
                if (_describedIn[series.Value] == segment.Value)
                {
                    continue;
                }

                if (record is null)
                {
                    record = _batch.BeginRecord(BufferRecord.Series);
                    start = record.Length;
                }

                _labels.Clear();
                _table.CopyLabels(series, _labels);
                record.AppendUvarint(series.Value);
                record.AppendLengthPrefixed(_labels.Written);
                _describedIn[series.Value] = segment.Value;
                if (record.Length - start >= RecordBytes)
                {
                    _batch.EndRecord();
                    record = null;
                }
            }
        }

        if (record is not null)
        {
            _batch.EndRecord();
        }
    }

    private void WriteEntries(int list, in SampleColumns entries)
    {
        for (int first = 0; first < entries.Count;)
        {
            int count = SamplesRecord.CountWithin(entries.Slice(first, entries.Count - first), RecordBytes);
            int offset = _batch.Length;
            SamplesRecord.Write(_batch.BeginRecord((byte)entries.Kind), entries.Slice(first, count));
            _batch.EndRecord();
            _records.Add(new EntriesRecord(list, first, count, offset, _batch.Length));
            first += count;
        }
    }

    private void EnsureDescribed()
    {
        int limit = _table.RefLimit;
        if (limit > _describedIn.Length)
        {
            Array.Resize(ref _describedIn, Math.Max(limit, _describedIn.Length * 2));
        }
    }
}
