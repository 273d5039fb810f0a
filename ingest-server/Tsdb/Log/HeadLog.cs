using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// Writes requests to the log before the head shows them. Each segment describes every series and metric family that it
/// uses, at first use in it, so any segment can be read alone and the oldest can be deleted at any time.
/// </summary>
/// <remarks>All members but <see cref="SegmentCount"/> and the totals belong to the holder of the head's commit lock.</remarks>
internal sealed class HeadLog : IDisposable
{
    private const int FirstNumbers = 1024;

    /// <summary>Room that is kept from request to request; the rare larger ones must not hold their memory for ever.</summary>
    private const int MaxKeptNumbers = 64 * 1024;

    private readonly WalWriter _wal;
    private readonly WalBatch _batch;
    private readonly List<MetricMetadata> _metadata = [];

    /// <summary>Series that the batch describes: to be taken back when it cannot be written.</summary>
    private readonly List<uint> _described = [];

    /// <summary>Per segment, the newest sample in it: what retention goes by.</summary>
    private readonly SortedDictionary<int, long> _maxTimes = [];
    private readonly Lock _maxTimesLock = new();
    private int _batchDescriptions;
    private long _bytesWritten;
    private long _records;
    private long _failures;

    private readonly long _minSegmentBytes;

    /// <summary>The numbers in the record of each sample, histogram and exemplar of the request that is being written.</summary>
    private uint[] _numbers = [];

    /// <summary>
    /// The segment whose series are being numbered, what its first series has as <see cref="SeriesEntry.LoggedNumber"/>,
    /// and what the next one gets. It only grows, so a number of an earlier segment is below the first of this one.
    /// </summary>
    private int _numberedSegment;
    private uint _firstNumber = 1;
    private uint _nextNumber = 1;

    /// <summary>The segment written to last, what it holds, and how much of that describes series.</summary>
    private int _segment;
    private long _segmentBytes;
    private long _segmentDescriptions;

    /// <summary>Over a log that does not begin segments by itself.</summary>
    public HeadLog(WalWriter wal, long minSegmentBytes)
    {
        _wal = wal;
        _batch = wal.NewBatch();
        _minSegmentBytes = minSegmentBytes;
    }

    /// <summary>Bytes of all segments on the disk.</summary>
    public long TotalBytes => _wal.TotalBytes;

    public int SegmentCount => _wal.Segments().Count;

    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    public long Records => Interlocked.Read(ref _records);

    /// <summary>Requests that the disk refused.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Writes a request and returns the number of its segment; it then is with the operating system.</summary>
    /// <exception cref="IOException">The disk refused it; nothing is logged. A full disk is a DiskFullException.</exception>
    /// <exception cref="RequestTooLargeException">No record can hold it; nothing is logged.</exception>
    public int Append(PendingRequest request, Head head)
    {
        int segment;
        try
        {
            BeginSegmentWhenFull();
            segment = _wal.ReserveSegment(0).Value;
            Encode(request, head, segment);
            int written = _wal.Append(_batch).Segment.Value;
            while (written != segment)
            {
                // A sync failed meanwhile, so the log went on in a segment that lacks these series: describe them there.
                ForgetDescribed(head);
                segment = written;
                Encode(request, head, segment);
                written = _wal.Append(_batch).Segment.Value;
            }
        }
        catch (RequestTooLargeException)
        {
            // The disk is well; but the segment lacks the series that the record would have described.
            ForgetDescribed(head);
            throw;
        }
        catch
        {
            // Whatever it was, the segment lacks these series: a sample logged without them would be lost on replay.
            ForgetDescribed(head);
            Interlocked.Increment(ref _failures);
            throw;
        }

        Account(segment);
        NoteTimes(segment, request);
        return segment;
    }

    /// <summary>Writes a deletion; it then is with the operating system.</summary>
    /// <exception cref="IOException">The disk refused it; nothing is logged.</exception>
    public void Append(IReadOnlyList<Matcher> matchers, TimeInterval times)
    {
        try
        {
            _batch.Clear();
            _batchDescriptions = 0;
            DeletionRecord.Write(_batch.BeginRecord((byte)RecordType.Deletion), matchers, times);
            _batch.EndRecord();
            Account(_wal.Append(_batch).Segment.Value);
        }
        catch (IOException)
        {
            Interlocked.Increment(ref _failures);
            throw;
        }
    }

    /// <summary>Ends the segment and returns the number of the next one.</summary>
    /// <exception cref="IOException">The disk refused a new one.</exception>
    public int BeginSegment()
    {
        _wal.Rotate();
        return _wal.ReserveSegment(0).Value;
    }

    /// <summary>Notes the newest sample of a segment, written or replayed.</summary>
    public void NoteTimes(int segment, PendingRequest request)
    {
        long newestMs = long.MinValue;
        foreach (ref readonly PendingSample sample in request.Samples)
        {
            newestMs = Math.Max(newestMs, sample.TimestampMs);
        }

        foreach (ref readonly PendingHistogram histogram in request.Histograms)
        {
            newestMs = Math.Max(newestMs, histogram.TimestampMs);
        }

        lock (_maxTimesLock)
        {
            _maxTimes[segment] = Math.Max(_maxTimes.GetValueOrDefault(segment, long.MinValue), newestMs);
        }
    }

    /// <summary>
    /// Deletes the oldest segments as long as nothing in them is as new as the time and they come before a segment; returns
    /// how many.
    /// </summary>
    public int DeleteBefore(long minTimeMs, int beforeSegment)
    {
        int deleted = 0;
        SegmentIndex keep = SegmentIndex.First;
        IReadOnlyList<WalSegment> segments = _wal.Segments();
        lock (_maxTimesLock)
        {
            // The last one may be the one that is written to.
            for (int index = 0; index < segments.Count - 1; index++)
            {
                int segment = segments[index].Index.Value;
                if (segment >= beforeSegment || _maxTimes.GetValueOrDefault(segment, long.MinValue) >= minTimeMs)
                {
                    break;
                }

                _maxTimes.Remove(segment);
                keep = segments[index + 1].Index;
                deleted++;
            }
        }

        if (deleted > 0)
        {
            _wal.DeleteBefore(keep);
        }

        return deleted;
    }

    /// <summary>Appends the newest sample of each segment, for a snapshot.</summary>
    public void WriteTimes(ByteBuffer payload)
    {
        lock (_maxTimesLock)
        {
            foreach ((int segment, long newestMs) in _maxTimes)
            {
                payload.AppendUvarint((ulong)segment);
                payload.AppendVarint(newestMs);
            }
        }
    }

    /// <summary>Takes back what <see cref="WriteTimes"/> wrote.</summary>
    public void RestoreTimes(ReadOnlySpan<byte> payload)
    {
        SpanReader reader = new(payload);
        lock (_maxTimesLock)
        {
            while (!reader.AtEnd)
            {
                int segment = reader.ReadUvarintInt32();
                _maxTimes[segment] = reader.ReadVarint();
                Invariant.Require(!reader.Truncated, "the segments of a whole snapshot cannot be read");
            }
        }
    }

    public void Dispose() => _wal.Dispose();

    /// <summary>
    /// A segment ends when its samples have the wanted size and at least four times that of its descriptions: with many
    /// series segments become larger, so that describing them again stays a fifth of the log at most.
    /// </summary>
    private void BeginSegmentWhenFull()
    {
        if (_segmentBytes - _segmentDescriptions >= Math.Max(_minSegmentBytes, 4 * _segmentDescriptions))
        {
            _wal.Rotate();
        }
    }

    private void Account(int segment)
    {
        if (segment != _segment)
        {
            _segment = segment;
            _segmentBytes = 0;
            _segmentDescriptions = 0;
        }

        _segmentBytes += _batch.Length;
        _segmentDescriptions += _batchDescriptions;
        Interlocked.Add(ref _bytesWritten, _batch.Length);
        Interlocked.Increment(ref _records);
    }

    private void Encode(PendingRequest request, Head head, int segment)
    {
        _batch.Clear();
        _described.Clear();
        BeginNumbers(segment, head);
        int floats = request.Samples.Length;
        int histograms = request.Histograms.Length;
        Span<uint> numbers = NumbersFor(floats + histograms + request.Exemplars.Length);
        bool hasParts = CommitRecord.HasParts(request);
        ByteBuffer payload = _batch.BeginRecord((byte)(hasParts ? RecordType.CommitWithParts : RecordType.Commit));
        int start = payload.Length;
        ReadOnlySpan<byte> previous = default;
        for (int index = 0; index < floats; index++)
        {
            numbers[index] = Describe(payload, head, request.Samples[index].Series, ref previous);
        }

        for (int index = 0; index < histograms; index++)
        {
            numbers[floats + index] = Describe(payload, head, request.Histograms[index].Series, ref previous);
        }

        for (int index = 0; index < request.Exemplars.Length; index++)
        {
            numbers[floats + histograms + index] = Describe(payload, head, request.Exemplars[index].Series, ref previous);
        }

        _batchDescriptions = payload.Length - start;
        CommitRecord.WriteEndOfSeries(payload);
        _metadata.Clear();
        foreach (MetricMetadata metadata in request.Metadata)
        {
            if (head.Metadata.NeedsLogging(metadata, segment))
            {
                _metadata.Add(metadata);
            }
        }

        CommitRecord.WriteMetadata(payload, _metadata);
        CommitRecord.WriteSamples(payload, request.Samples, numbers[..floats]);
        if (hasParts)
        {
            CommitRecord.WriteParts(
                payload, request, numbers.Slice(floats, histograms), numbers[(floats + histograms)..]);
        }

        if (payload.Length - start > WalBatch.MaxPayloadLength)
        {
            throw new RequestTooLargeException(payload.Length - start, WalBatch.MaxPayloadLength);
        }

        _batch.EndRecord();
    }

    /// <summary>The number of a series in the segment; describes it there when that was not done yet.</summary>
    private uint Describe(ByteBuffer payload, Head head, uint series, scoped ref ReadOnlySpan<byte> previous)
    {
        ref SeriesEntry entry = ref head.Series[series];
        if (entry.LoggedNumber < _firstNumber)
        {
            entry.LoggedNumber = _nextNumber++;
            _described.Add(series);
            ReadOnlySpan<byte> labels = head.Keys.Get(entry.Key);
            CommitRecord.WriteSeries(payload, entry.LoggedNumber - _firstNumber + 1, labels, previous);
            previous = labels;
        }

        return entry.LoggedNumber - _firstNumber + 1;
    }

    /// <summary>
    /// A segment numbers its series itself and no number twice, not even one whose record could not be written: were it
    /// the place in the head, which another series takes later, then damage to that series' description would give its
    /// samples to the series before it.
    /// </summary>
    private void BeginNumbers(int segment, Head head)
    {
        if (segment == _numberedSegment)
        {
            return;
        }

        _numberedSegment = segment;
        if (_nextNumber > uint.MaxValue / 2)
        {
            // Once in two thousand million descriptions; a segment never describes as many.
            for (uint series = 1; series < head.Series.End; series++)
            {
                head.Series[series].LoggedNumber = 0;
            }

            _nextNumber = 1;
        }

        _firstNumber = _nextNumber;
    }

    private Span<uint> NumbersFor(int samples)
    {
        if (samples > _numbers.Length || _numbers.Length > Math.Max(samples, MaxKeptNumbers))
        {
            _numbers = new uint[Math.Max(samples, FirstNumbers)];
        }

        return _numbers.AsSpan(0, samples);
    }

    private void ForgetDescribed(Head head)
    {
        foreach (uint series in _described)
        {
            head.Series[series].LoggedNumber = 0;
        }
    }
}
