using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>
/// Writes requests to the log before the head shows them. Each segment describes every series and metric family that it
/// uses, at first use in it, so any segment can be read alone and the oldest can be deleted at any time.
/// </summary>
/// <remarks>
/// A request whose series the segment describes already, which is nearly every one, is encoded by <see cref="Encode"/>, beside
/// all others; its turn then is one write. All other writing members belong to who is in the head's stage of the log.
/// </remarks>
internal sealed class HeadLog : IDisposable
{
    private readonly WalWriter _wal;

    /// <summary>For deletions.</summary>
    private readonly WalBatch _batch;

    /// <summary>Per segment, the newest sample in it: what retention goes by.</summary>
    private readonly SortedDictionary<int, long> _maxTimes = [];
    private readonly Lock _maxTimesLock = new();
    private long _bytesWritten;
    private long _records;
    private long _failures;

    private readonly long _minSegmentBytes;

    /// <summary>
    /// The segment whose series are being numbered, what its first series has as <see cref="SeriesEntry.LoggedNumber"/>,
    /// and what the next one gets. It only grows, so a number of an earlier segment is below the first of this one.
    /// </summary>
    private int _numberedSegment;
    private uint _firstNumber = 1;
    private uint _nextNumber = 1;

    /// <summary>
    /// Rises whenever numbers that were read before may be wrong: another segment numbers series, or a description could not
    /// be written. Written last.
    /// </summary>
    private long _epoch;

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

    /// <summary>The segment that the next record stands in, should this one not end before.</summary>
    public int Segment => _wal.End.Segment.Value;

    public int SegmentCount => _wal.Segments().Count;

    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    public long Records => Interlocked.Read(ref _records);

    /// <summary>Requests that the disk refused.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>A record for the requests of one appender.</summary>
    public RequestRecord NewRecord() => new(_wal);

    /// <summary>
    /// Encodes a request, at any time, with the numbers that its series have in the segment now. When the segment lacks one
    /// of them, or the next one has begun until the request's turn, <see cref="Append(PendingRequest, Head)"/> does it.
    /// </summary>
    /// <exception cref="RequestTooLargeException">No record can hold it; nothing is logged.</exception>
    public void Encode(PendingRequest request, Head head)
    {
        request.Record!.Epoch = Volatile.Read(ref _epoch);
        request.Record.IsEncoded = TryEncode(request, head, Volatile.Read(ref _numberedSegment), mayDescribe: false);
    }

    /// <summary>Writes a request and returns the number of its segment; it then is with the operating system.</summary>
    /// <exception cref="IOException">The disk refused it; nothing is logged. A full disk is a DiskFullException.</exception>
    /// <exception cref="RequestTooLargeException">No record can hold it; nothing is logged.</exception>
    public int Append(PendingRequest request, Head head)
    {
        RequestRecord record = request.Record!;
        int segment;
        try
        {
            BeginSegmentWhenFull();
            segment = _wal.ReserveSegment(0).Value;
            if (!record.IsEncoded || record.Epoch != _epoch || segment != _numberedSegment)
            {
                Describe(request, head, segment);
            }

            int written = _wal.Append(record.Batch).Segment.Value;
            while (written != segment)
            {
                // A sync failed meanwhile, so the log went on in a segment that lacks these series: describe them there.
                ForgetDescribed(record, head);
                segment = written;
                Describe(request, head, segment);
                written = _wal.Append(record.Batch).Segment.Value;
            }
        }
        catch (RequestTooLargeException)
        {
            // The disk is well; but the segment lacks the series that the record would have described.
            ForgetDescribed(record, head);
            throw;
        }
        catch
        {
            // Whatever it was, the segment lacks these series: a sample logged without them would be lost on replay.
            ForgetDescribed(record, head);
            Interlocked.Increment(ref _failures);
            throw;
        }

        Account(segment, record.Batch.Length, record.DescriptionBytes);
        NoteTimes(segment, request.NewestMs);
        return segment;
    }

    /// <summary>Writes a deletion; it then is with the operating system.</summary>
    /// <exception cref="IOException">The disk refused it; nothing is logged.</exception>
    public void Append(IReadOnlyList<Matcher> matchers, TimeInterval times)
    {
        try
        {
            _batch.Clear();
            DeletionRecord.Write(_batch.BeginRecord((byte)RecordType.Deletion), matchers, times);
            _batch.EndRecord();
            Account(_wal.Append(_batch).Segment.Value, _batch.Length, descriptionBytes: 0);
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

    /// <summary>Notes the newest sample of what was written to a segment, or replayed.</summary>
    public void NoteTimes(int segment, long newestMs)
    {
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

    private void Account(int segment, int bytes, int descriptionBytes)
    {
        if (segment != _segment)
        {
            _segment = segment;
            _segmentBytes = 0;
            _segmentDescriptions = 0;
        }

        _segmentBytes += bytes;
        _segmentDescriptions += descriptionBytes;
        Interlocked.Add(ref _bytesWritten, bytes);
        Interlocked.Increment(ref _records);
    }

    /// <summary>Encodes a request for a segment, with descriptions of the series that the segment lacks.</summary>
    private void Describe(PendingRequest request, Head head, int segment)
    {
        BeginNumbers(segment, head);
        bool all = TryEncode(request, head, segment, mayDescribe: true);
        Invariant.Require(all, "a series that may be described has a number");
    }

    /// <summary>False when the segment lacks something that it may not get now.</summary>
    private bool TryEncode(PendingRequest request, Head head, int segment, bool mayDescribe)
    {
        RequestRecord record = request.Record!;
        record.Clear();
        uint firstNumber = Volatile.Read(ref _firstNumber);
        int floats = request.Samples.Length;
        int histograms = request.Histograms.Length;
        Span<uint> numbers = record.NumbersFor(floats + histograms + request.Exemplars.Length);
        bool hasParts = CommitRecord.HasParts(request);
        ByteBuffer payload = record.Batch.BeginRecord((byte)(hasParts ? RecordType.CommitWithParts : RecordType.Commit));
        int start = payload.Length;
        if (!TryNumber(payload, request, head, numbers, firstNumber, mayDescribe))
        {
            return false;
        }

        record.DescriptionBytes = payload.Length - start;
        CommitRecord.WriteEndOfSeries(payload);
        foreach (MetricMetadata metadata in request.Metadata)
        {
            if (head.Metadata.NeedsLogging(metadata, segment))
            {
                record.Metadata.Add(metadata);
            }
        }

        if (record.Metadata.Count > 0 && !mayDescribe)
        {
            return false;
        }

        CommitRecord.WriteMetadata(payload, record.Metadata);
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

        record.Batch.EndRecord();
        return true;
    }

    /// <summary>
    /// The numbers of the series of all samples, then of all histograms, then of all exemplars; describes those series that
    /// have none yet, or returns false when it may not.
    /// </summary>
    private bool TryNumber(
        ByteBuffer payload, PendingRequest request, Head head, Span<uint> numbers, uint firstNumber, bool mayDescribe)
    {
        ReadOnlySpan<byte> previous = default;
        int next = 0;
        foreach (ref readonly PendingSample sample in request.Samples)
        {
            uint number = NumberOf(payload, request.Record!, head, sample.Series, firstNumber, mayDescribe, ref previous);
            numbers[next++] = number;
            if (number == 0)
            {
                return false;
            }
        }

        foreach (ref readonly PendingHistogram histogram in request.Histograms)
        {
            uint number = NumberOf(payload, request.Record!, head, histogram.Series, firstNumber, mayDescribe, ref previous);
            numbers[next++] = number;
            if (number == 0)
            {
                return false;
            }
        }

        foreach (ref readonly PendingExemplar exemplar in request.Exemplars)
        {
            uint number = NumberOf(payload, request.Record!, head, exemplar.Series, firstNumber, mayDescribe, ref previous);
            numbers[next++] = number;
            if (number == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The number of a series in the segment; 0 when it has none and may not be described.</summary>
    private uint NumberOf(
        ByteBuffer payload,
        RequestRecord record,
        Head head,
        uint series,
        uint firstNumber,
        bool mayDescribe,
        scoped ref ReadOnlySpan<byte> previous)
    {
        ref SeriesEntry entry = ref head.Series[series];
        uint logged = Volatile.Read(ref entry.LoggedNumber);
        if (logged >= firstNumber)
        {
            return logged - firstNumber + 1;
        }

        if (!mayDescribe)
        {
            return 0;
        }

        logged = _nextNumber++;
        Volatile.Write(ref entry.LoggedNumber, logged);
        record.Described.Add(series);
        ReadOnlySpan<byte> labels = head.Keys.Get(entry.Key);
        CommitRecord.WriteSeries(payload, logged - firstNumber + 1, labels, previous);
        previous = labels;
        return logged - firstNumber + 1;
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

        Volatile.Write(ref _numberedSegment, segment);
        if (_nextNumber > uint.MaxValue / 2)
        {
            // Once in two thousand million descriptions; a segment never describes as many.
            for (uint series = 1; series < head.Series.End; series++)
            {
                head.Series[series].LoggedNumber = 0;
            }

            _nextNumber = 1;
        }

        Volatile.Write(ref _firstNumber, _nextNumber);
        Volatile.Write(ref _epoch, _epoch + 1);
    }

    private void ForgetDescribed(RequestRecord record, Head head)
    {
        foreach (uint series in record.Described)
        {
            Volatile.Write(ref head.Series[series].LoggedNumber, 0);
        }

        record.IsEncoded = false;
        Volatile.Write(ref _epoch, _epoch + 1);
    }
}
