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
    public const int RecordBytes = 4 << 20;

    /// <summary>Room around the records: the segment's start, and what stands before and behind the first few payloads.</summary>
    private const int BatchOverhead = 512;

    /// <summary>One part in this many is far more than what stands around further records, each of which is long.</summary>
    private const int FurtherRecordsPart = 1024;

    private readonly WalBatch _batch = batch;
    private readonly TimeProvider _time = time;
    private readonly SeriesDescriptions _descriptions = new(table);
    private readonly List<EntriesRecord> _records = [];

    /// <summary>The segment whose start record was written.</summary>
    private SegmentIndex _startedSegment;

    /// <summary>The records of entries of the last <see cref="Write"/>, in their order.</summary>
    public IReadOnlyList<EntriesRecord> Records => _records;

    /// <summary>The number may from now on stand for another series.</summary>
    public void Forget(SeriesRef series) => _descriptions.Forget(series);

    /// <summary>How many bytes of a segment describe series.</summary>
    public long DescribedBytes(SegmentIndex segment) => _descriptions.BytesIn(segment);

    /// <summary>The most bytes that the commit takes, if it stands in that segment.</summary>
    public int MaxLength(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        long total = BatchOverhead + _descriptions.MaxLength(lists, segment);
        foreach (SampleList list in lists)
        {
            total += SamplesRecord.MaxLength(list.Columns);
        }

        return (int)Math.Min(total + total / FurtherRecordsPart, int.MaxValue);
    }

    /// <summary>Fills the batch with the commit, for that segment.</summary>
    public void Write(ReadOnlySpan<SampleList> lists, SegmentIndex segment)
    {
        _batch.Clear();
        _records.Clear();
        WriteSegmentStart(segment);
        _descriptions.Write(lists, segment, _batch);
        for (int list = 0; list < lists.Length; list++)
        {
            WriteEntries(list, lists[list].Columns);
        }
    }

    /// <summary>The batch stands in that segment now.</summary>
    public void Appended(SegmentIndex segment) => _startedSegment = segment;

    /// <summary>Nothing of the batch is in the segment, so what it described is to be described again.</summary>
    public void NotAppended() => _descriptions.StartOver();

    private void WriteSegmentStart(SegmentIndex segment)
    {
        if (_startedSegment != segment)
        {
            _batch.BeginRecord(BufferRecord.SegmentStart).AppendVarint(_time.GetUtcNow().ToUnixTimeMilliseconds());
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
}
