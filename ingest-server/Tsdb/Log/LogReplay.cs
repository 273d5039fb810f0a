using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// Reads the log's segments, oldest first, into an empty head. Damage costs what it covers: everything before and
/// behind it is read, and the loss is counted in the <see cref="ReplayReport"/>.
/// </summary>
internal sealed class LogReplay
{
    private readonly Head _head;
    private readonly HeadLog? _log;

    /// <summary>What is in blocks already.</summary>
    private readonly HeadStart _start;
    private readonly SegmentCipher? _cipher;
    private readonly LabelScratch _scratch = new();
    private readonly Histogram _histogram = new();

    /// <summary>The series of the segment being read.</summary>
    private readonly SegmentSeries _series = new();
    private readonly List<string> _damages = [];
    private int _segments;
    private long _records;
    private long _lostBytes;

    /// <summary>Samples of the segment being read whose series no record before them describes.</summary>
    private long _orphans;

    /// <param name="head">Where everything goes.</param>
    /// <param name="log">Told how new each segment is; null when nobody writes on.</param>
    /// <param name="start">What is in blocks already.</param>
    /// <param name="cipher">Opens encrypted segments; null when there is no key.</param>
    public LogReplay(Head head, HeadLog? log, HeadStart start, SegmentCipher? cipher)
    {
        _cipher = cipher;
        _start = start;
        _head = head;
        _log = log;
    }

    /// <summary>Reads all segments of the folder.</summary>
    public ReplayReport Run(IFileSystem files, string folder, WalCorruptionException? cutTail)
    {
        if (cutTail is not null)
        {
            Lost(cutTail);
        }

        List<WalSegment> segments = SegmentFolder.List(files, folder);
        if (segments.Count == 0)
        {
            return new ReplayReport(0, 0, 0, _lostBytes, _damages);
        }

        using ReplaySteps steps = new(_head);
        foreach (WalSegment segment in segments)
        {
            _segments++;
            _series.Clear();
            _orphans = 0;
            string path = Path.Combine(folder, segment.Index.FileName);
            using SegmentReader reader = SegmentReader.Open(files, path, 0, _cipher);
            ReadSegment(reader, path, segment.Index.Value, steps);
            if (_orphans > 0)
            {
                _damages.Add(
                    $"WAL segment {path}: {_orphans} samples are of series that only damaged bytes described; they are skipped");
            }
        }

        steps.Finish();
        return new ReplayReport(_segments, _records, steps.Samples, _lostBytes, _damages);
    }

    private void ReadSegment(SegmentReader reader, string path, int segment, ReplaySteps steps)
    {
        while (true)
        {
            switch (reader.Next())
            {
                case SegmentReadOutcome.End:
                    return;
                case SegmentReadOutcome.Record:
                    if (!TryTake(reader.Type, reader.Payload, segment, steps))
                    {
                        Lost(new WalCorruptionException(
                            path, reader.Offset, reader.NextOffset - reader.Offset,
                            $"a record of type {reader.Type} that cannot be read", "a commit record"));
                    }

                    break;
                default:
                    Lost(reader.Corruption!);
                    break;
            }
        }
    }

    /// <summary>
    /// Hands a record of the right shape on; samples whose series was described in a damaged record are left out and
    /// counted, since that record may have described every series of the segment.
    /// </summary>
    private bool TryTake(byte type, ReadOnlySpan<byte> payload, int segment, ReplaySteps steps)
    {
        ReplayStep step = steps.Take();
        if (!TryRead(type, payload, segment, step))
        {
            steps.Return(step);
            return false;
        }

        _log?.NoteTimes(segment, step.Request.NewestMs);
        _records++;
        steps.Add(step);
        return true;
    }

    private bool TryRead(byte type, ReadOnlySpan<byte> payload, int segment, ReplayStep step)
    {
        switch ((RecordType)type)
        {
            case RecordType.Deletion:
                bool isWhole = DeletionRecord.TryRead(payload, out List<Matcher>? matchers, out TimeInterval times);
                (step.Deleted, step.DeletedTimes) = (matchers, times);
                return isWhole;
            case RecordType.Commit:
            case RecordType.CommitWithParts:
                return TryRead(payload, segment, type == (byte)RecordType.CommitWithParts, step.Request);
            default:
                return false;
        }
    }

    private bool TryRead(ReadOnlySpan<byte> payload, int segment, bool hasParts, PendingRequest request)
    {
        long orphans = 0;
        CommitRecordReader record = new(payload, _scratch, hasParts);
        while (record.NextSeries())
        {
            _series.Set(record.Number, _head.Register.SeriesOf(record.Labels));
        }

        record.ReadMetadata(request.Metadata);
        while (record.NextSample())
        {
            if (_start.IsInBlock(record.TimestampMs, segment))
            {
                continue;
            }

            if (_series.TryGet(record.Number, _head.Series, out uint series, out bool mayBeFirst))
            {
                request.Add(series, record.TimestampMs, record.Value, mayBeFirst);
            }
            else
            {
                orphans++;
            }
        }

        while (record.NextPart(out CommitPart part))
        {
            orphans += ReadPart(ref record, part, segment, request);
        }

        request.OldestLateMs = record.OldestLateMs;
        _orphans += record.Malformed ? 0 : orphans;
        return !record.Malformed;
    }

    /// <summary>Adds a part to the request; returns how much of it is of series that nothing described.</summary>
    private long ReadPart(ref CommitRecordReader record, CommitPart part, int segment, PendingRequest request)
    {
        long orphans = 0;
        while (part == CommitPart.Histograms && record.NextHistogram(_histogram))
        {
            if (_start.IsInBlock(record.TimestampMs, segment))
            {
                continue;
            }

            if (_series.TryGet(record.Number, _head.Series, out uint series, out bool mayBeFirst))
            {
                request.AddHistogram(series, record.TimestampMs, record.Content, mayBeFirst);
            }
            else
            {
                orphans++;
            }
        }

        while (part == CommitPart.Exemplars && record.NextExemplar())
        {
            if (_series.TryGet(record.Number, _head.Series, out uint series, out _))
            {
                request.AddExemplar(series, record.TimestampMs, record.Value, record.Content);
            }
        }

        return orphans;
    }

    private void Lost(WalCorruptionException damage)
    {
        _lostBytes += damage.LostBytes;
        _damages.Add(damage.Message);
    }
}
