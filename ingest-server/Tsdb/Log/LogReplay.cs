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
    private readonly PendingRequest _request = new();
    private readonly LabelScratch _scratch = new();
    private readonly Histogram _histogram = new();

    /// <summary>Series numbers of the segment being read, to keys of the head.</summary>
    private readonly Dictionary<uint, uint> _series = [];
    private readonly List<string> _damages = [];
    private int _segments;
    private long _records;
    private long _samples;
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

        foreach (WalSegment segment in SegmentFolder.List(files, folder))
        {
            _segments++;
            _series.Clear();
            _orphans = 0;
            string path = Path.Combine(folder, segment.Index.FileName);
            using SegmentReader reader = SegmentReader.Open(files, path, 0, _cipher);
            ReadSegment(reader, path, segment.Index.Value);
            if (_orphans > 0)
            {
                _damages.Add(
                    $"WAL segment {path}: {_orphans} samples are of series that only damaged bytes described; they are skipped");
            }
        }

        return new ReplayReport(_segments, _records, _samples, _lostBytes, _damages);
    }

    private void ReadSegment(SegmentReader reader, string path, int segment)
    {
        while (true)
        {
            switch (reader.Next())
            {
                case SegmentReadOutcome.End:
                    return;
                case SegmentReadOutcome.Record:
                    if (!TryApply(reader.Type, reader.Payload, segment))
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
    /// Applies a record of the right shape; samples whose series was described in a damaged record are left out and
    /// counted, since that record may have described every series of the segment.
    /// </summary>
    internal bool TryApply(byte type, ReadOnlySpan<byte> payload, int segment)
    {
        _request.Clear();
        _request.MayBringSeries = true;
        if (type == (byte)RecordType.Deletion)
        {
            return TryDelete(payload);
        }

        bool hasParts = type == (byte)RecordType.CommitWithParts;
        if ((type != (byte)RecordType.Commit && !hasParts) || !TryRead(payload, segment, hasParts))
        {
            return false;
        }

        _log?.NoteTimes(segment, _request.NewestMs);
        _samples += _head.Commit(_request, log: null).Appended;
        _records++;
        return true;
    }

    private bool TryDelete(ReadOnlySpan<byte> payload)
    {
        if (!DeletionRecord.TryRead(payload, out List<Matcher>? matchers, out TimeInterval times))
        {
            return false;
        }

        _head.Delete(matchers, times, log: null);
        _records++;
        return true;
    }

    private bool TryRead(ReadOnlySpan<byte> payload, int segment, bool hasParts)
    {
        long orphans = 0;
        CommitRecordReader record = new(payload, _scratch, hasParts);
        while (record.NextSeries())
        {
            _series[record.Number] = SeriesOf(record.Labels);
        }

        record.ReadMetadata(_request.Metadata);
        while (record.NextSample())
        {
            if (_start.IsInBlock(record.TimestampMs, segment))
            {
                continue;
            }

            if (_series.TryGetValue(record.Number, out uint series))
            {
                _request.Add(series, record.TimestampMs, record.Value);
            }
            else
            {
                orphans++;
            }
        }

        while (record.NextPart(out CommitPart part))
        {
            orphans += ReadPart(ref record, part, segment);
        }

        _request.OldestLateMs = record.OldestLateMs;
        _orphans += record.Malformed ? 0 : orphans;
        return !record.Malformed;
    }

    /// <summary>Adds a part to the request; returns how much of it is of series that nothing described.</summary>
    private long ReadPart(ref CommitRecordReader record, CommitPart part, int segment)
    {
        long orphans = 0;
        while (part == CommitPart.Histograms && record.NextHistogram(_histogram))
        {
            if (_start.IsInBlock(record.TimestampMs, segment))
            {
                continue;
            }

            if (_series.TryGetValue(record.Number, out uint series))
            {
                _request.AddHistogram(series, record.TimestampMs, record.Content);
            }
            else
            {
                orphans++;
            }
        }

        while (part == CommitPart.Exemplars && record.NextExemplar())
        {
            if (_series.TryGetValue(record.Number, out uint series))
            {
                _request.AddExemplar(series, record.TimestampMs, record.Value, record.Content);
            }
        }

        return orphans;
    }

    private uint SeriesOf(ReadOnlySpan<byte> labels)
    {
        uint key = _head.Keys.Find(labels);
        key = key != 0 ? key : _head.GetOrCreateSeries(labels, RawLabels.ToLabels(labels));
        return _head.Keys.SeriesOf(key);
    }

    private void Lost(WalCorruptionException damage)
    {
        _lostBytes += damage.LostBytes;
        _damages.Add(damage.Message);
    }
}
