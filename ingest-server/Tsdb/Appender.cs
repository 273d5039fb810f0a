using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// One request on its way into the database: series are looked up, samples are judged and collected, then committed
/// together. Rented from <see cref="Database.NewAppender"/>, given back by disposing; one thread at a time.
/// </summary>
public sealed class Appender : IDisposable
{
    private readonly Database _database;
    private readonly Head _head;
    private readonly PendingRequest _request;
    private readonly Action<Appender> _giveBack;

    /// <summary>The place among the head's participants; -1 while not rented.</summary>
    private int _place = -1;

    /// <summary>The key of the series found last, from which the next one is guessed.</summary>
    private uint _previousKey;

    /// <summary>The series appended to last and its newest sample in this request.</summary>
    private uint _lastSeries;
    private long _lastTimestampMs;
    private double _lastValue;

    /// <summary>That sample is a native histogram, so that what is at its time is judged at the commit.</summary>
    private bool _lastIsHistogram;

    /// <summary>The series judged last has no sample in order yet.</summary>
    private bool _hasNone;

    private long _oldestAcceptedMs;
    private long _newestAcceptedMs;

    /// <summary>The head was far over its bytes when this request began.</summary>
    private bool _headIsFull;

    internal Appender(Database database, Head head, RequestRecord record, Action<Appender> giveBack)
    {
        _database = database;
        _head = head;
        _request = new PendingRequest { Record = record };
        _giveBack = giveBack;
    }

    /// <summary>The earliest time that this request may bring, ms; <see cref="long.MinValue"/> without a bound.</summary>
    public long OldestAcceptedMs => Math.Min(_oldestAcceptedMs, _request.OldestLateMs);

    /// <summary>Whether samples may come out of order: then those that are too late for it are too old.</summary>
    public bool TakesOutOfOrder => _request.OldestLateMs != long.MaxValue;

    /// <summary>The latest time that this request may bring, ms; <see cref="long.MaxValue"/> without a bound.</summary>
    public long NewestAcceptedMs => _newestAcceptedMs;

    /// <summary>Samples taken since the last commit or rollback.</summary>
    public int PendingSamples => _request.Samples.Length + _request.Histograms.Length;

    /// <summary>
    /// Finds a series by its label bytes as sent in a remote write 1.0 TimeSeries, first trying the series that followed
    /// last time. False when these bytes have not been seen: then parse, check and <see cref="GetOrCreateSeries"/>.
    /// </summary>
    /// <param name="rawLabels">All label fields, tags included.</param>
    /// <param name="series">Valid until this appender is disposed.</param>
    public bool TryGetSeries(ReadOnlySpan<byte> rawLabels, out SeriesRef series)
    {
        uint key = rawLabels.IsEmpty ? 0 : _head.Keys.Find(rawLabels, _previousKey);
        if (key == 0)
        {
            series = SeriesRef.None;
            return false;
        }

        _previousKey = key;
        series = new SeriesRef(_head.Keys.SeriesOf(key));
        return true;
    }

    /// <summary>
    /// Finds a series by its labels, without making one: tells whether a series whose raw bytes are unknown would be new,
    /// which limits are about.
    /// </summary>
    public bool TryGetSeries(Labels labels, out SeriesRef series)
    {
        uint key = _head.FindSeries(labels);
        series = key == 0 ? SeriesRef.None : new SeriesRef(_head.Keys.SeriesOf(key));
        return key != 0;
    }

    /// <summary>
    /// The series of a label set, made when there is none; from now on its raw bytes find it. The labels are what the
    /// bytes say, sorted, checked and without empty values.
    /// </summary>
    public SeriesRef GetOrCreateSeries(ReadOnlySpan<byte> rawLabels, Labels labels)
    {
        if (rawLabels.IsEmpty || labels.IsEmpty)
        {
            throw new ArgumentException("a series has at least one label", nameof(labels));
        }

        return Follow(_head.GetOrCreateSeries(rawLabels, labels));
    }

    /// <summary>
    /// The same within bounds: a series that is not there is made only while the database holds fewer than
    /// <paramref name="maxSeries"/>, those without samples included, and is not far over its bytes.
    /// </summary>
    /// <returns>
    /// Appended; else <see cref="AppendOutcome.TooManySeries"/> or <see cref="AppendOutcome.HeadFull"/>, and the sample
    /// that this was for is counted as refused.
    /// </returns>
    public AppendOutcome TryGetOrCreateSeries(
        ReadOnlySpan<byte> rawLabels, Labels labels, int maxSeries, out SeriesRef series)
    {
        if (rawLabels.IsEmpty || labels.IsEmpty)
        {
            throw new ArgumentException("a series has at least one label", nameof(labels));
        }

        uint key = _head.GetOrCreateSeries(rawLabels, labels, _headIsFull ? 0 : maxSeries);
        if (key != 0)
        {
            series = Follow(key);
            return AppendOutcome.Appended;
        }

        series = SeriesRef.None;
        AppendOutcome refusal = _headIsFull ? AppendOutcome.HeadFull : AppendOutcome.TooManySeries;
        _head.Counters.Count(refusal, 1);
        return refusal;
    }

    /// <summary>The labels of a series of this appender: for messages.</summary>
    public Labels LabelsOf(SeriesRef series) => _head.LabelsOf(series.Value);

    /// <summary>
    /// Judges a time alone: Appended when a sample of it may be appended, to a series that need not be there yet.
    /// </summary>
    public AppendOutcome CheckTime(long timestampMs)
    {
        AppendOutcome outcome = JudgeTime(timestampMs);
        if (outcome != AppendOutcome.Appended)
        {
            _head.Counters.Count(outcome, 1);
        }

        return outcome;
    }

    /// <summary>
    /// Judges a sample and collects it when it can be stored. Nothing else of the request depends on the outcome: the
    /// caller commits what was taken, or rolls back.
    /// </summary>
    public AppendOutcome Append(SeriesRef series, long timestampMs, double value)
    {
        if (StaleMarker.IsStale(value) && EndsWithHistogram(series.Value))
        {
            return Append(series, timestampMs, StaleHistogram());
        }

        AppendOutcome outcome = Judge(series.Value, timestampMs, value, isHistogram: false);
        if (outcome == AppendOutcome.Appended)
        {
            _request.Add(series.Value, timestampMs, value, _hasNone);
            NoteLast(series.Value, timestampMs, value, isHistogram: false);
        }
        else
        {
            _head.Counters.Count(outcome, 1);
        }

        return outcome;
    }

    /// <summary>The same for a native histogram, which has no problem (<see cref="Histogram.FindProblem"/>).</summary>
    public AppendOutcome Append(SeriesRef series, long timestampMs, Histogram histogram)
    {
        AppendOutcome outcome = Judge(series.Value, timestampMs, 0, isHistogram: true);
        if (outcome == AppendOutcome.Appended)
        {
            _request.Add(series.Value, timestampMs, histogram, _hasNone);
            NoteLast(series.Value, timestampMs, 0, isHistogram: true);
        }
        else
        {
            _head.Counters.Count(outcome, 1);
        }

        return outcome;
    }

    /// <summary>
    /// Judges an exemplar and collects it when it can be stored: Appended, DuplicateSample for the newest one of its series
    /// again, or OutOfOrder for an earlier one.
    /// </summary>
    public AppendOutcome AppendExemplar(SeriesRef series, long timestampMs, double value, Labels labels)
    {
        AppendOutcome outcome = _head.Exemplars.Check(_head.LabelsOf(series.Value), timestampMs, value, labels);
        if (outcome == AppendOutcome.Appended && _head.Exemplars.Capacity > 0)
        {
            byte[] raw = new byte[RawLabels.Measure(labels.Blob)];
            RawLabels.Write(labels.Blob, raw);
            _request.AddExemplar(series.Value, timestampMs, value, raw);
        }

        return outcome;
    }

    /// <summary>Collects what a sender says of a metric family.</summary>
    public void AppendMetadata(MetricMetadata metadata) => _request.Metadata.Add(metadata);

    /// <summary>
    /// Writes the request to the log and makes it visible as a whole. On return its samples are with the operating
    /// system, so they survive the process; they survive a power cut at most one fsync interval later.
    /// </summary>
    /// <exception cref="IOException">
    /// The disk refused the request (a full disk: DiskFullException): nothing of it is stored or visible and the caller
    /// may commit again later. A WalSyncException, with an fsync interval of zero only: it is stored and visible, but
    /// the disk did not confirm it.
    /// </exception>
    /// <exception cref="RequestTooLargeException">No log record can hold it: nothing of it is stored or visible.</exception>
    public CommitResult Commit()
    {
        _lastSeries = 0;
        if (_request.IsEmpty)
        {
            return default;
        }

        CommitResult result = _database.Commit(_request);
        _request.Clear();
        _head.Counters.Count(AppendOutcome.DuplicateSample, result.Duplicates);
        if (result.Refused > 0)
        {
            _head.Counters.Count(result.FirstRefusal, result.Refused);
        }

        return result;
    }

    /// <summary>Forgets what was collected.</summary>
    public void Rollback()
    {
        _request.Clear();
        _lastSeries = 0;
    }

    /// <summary>Rolls back what was not committed and gives the appender back.</summary>
    public void Dispose()
    {
        if (_place < 0)
        {
            return;
        }

        Rollback();
        _head.Retirement.Leave(_place);
        _place = -1;
        _giveBack(this);
    }

    internal void Begin(long oldestAcceptedMs, long oldestLateMs, long newestAcceptedMs, bool headIsFull)
    {
        _request.OldestInOrderMs = oldestAcceptedMs;
        _request.OldestLateMs = oldestLateMs;
        _headIsFull = headIsFull;
        _place = _head.Retirement.Enter(out _, out _);
        _request.Removals = _head.Removals;
        _previousKey = 0;
        _lastSeries = 0;
        _oldestAcceptedMs = oldestAcceptedMs;
        _newestAcceptedMs = newestAcceptedMs;
    }

    /// <summary>Remembers that this series came after the one before it, so that the next request guesses it.</summary>
    private SeriesRef Follow(uint key)
    {
        if (_previousKey != 0)
        {
            _head.Keys.SetFollower(_previousKey, key);
        }

        _previousKey = key;
        return new SeriesRef(_head.Keys.SeriesOf(key));
    }

    private AppendOutcome JudgeTime(long timestampMs) =>
        timestampMs > _newestAcceptedMs ? AppendOutcome.TooFarInFuture
        : timestampMs < _oldestAcceptedMs && timestampMs < _request.OldestLateMs ? AppendOutcome.TooOld
        : AppendOutcome.Appended;

    private AppendOutcome Judge(uint series, long timestampMs, double value, bool isHistogram)
    {
        _hasNone = false;
        AppendOutcome timeOutcome = JudgeTime(timestampMs);
        if (timeOutcome != AppendOutcome.Appended)
        {
            return timeOutcome;
        }

        if (series == _lastSeries)
        {
            return JudgeOrder(_lastTimestampMs, _lastValue, _lastIsHistogram || isHistogram, timestampMs, value);
        }

        if (LastSample.TryRead(ref _head.Series[series], out long lastTimestampMs, out double lastValue, out ChunkForm form))
        {
            return JudgeOrder(lastTimestampMs, lastValue, isHistogram || form != ChunkForm.Xor, timestampMs, value);
        }

        _hasNone = true;
        return AppendOutcome.Appended;
    }

    /// <summary>
    /// Only the commit can compare histograms with what is there, and out-of-order samples with those at their time; here
    /// they are let pass.
    /// </summary>
    private AppendOutcome JudgeOrder(
        long lastTimestampMs, double lastValue, bool anyHistogram, long timestampMs, double value)
    {
        AppendOutcome order = SampleOrder.Check(lastTimestampMs, lastValue, timestampMs, value);
        return order switch
        {
            AppendOutcome.Appended => order,
            AppendOutcome.OutOfOrder when timestampMs >= _request.OldestLateMs => AppendOutcome.Appended,
            AppendOutcome.OutOfOrder => TakesOutOfOrder ? AppendOutcome.TooOld : order,
            _ => anyHistogram ? AppendOutcome.Appended : order,
        };
    }

    private void NoteLast(uint series, long timestampMs, double value, bool isHistogram)
    {
        if (series == _lastSeries && timestampMs < _lastTimestampMs)
        {
            return;
        }

        _lastSeries = series;
        _lastTimestampMs = timestampMs;
        _lastValue = value;
        _lastIsHistogram = isHistogram;
    }

    /// <summary>
    /// A series of histograms ends with a histogram that says so, as Prometheus keeps it, though the sender knows one
    /// marker only.
    /// </summary>
    private bool EndsWithHistogram(uint series) => series == _lastSeries
        ? _lastIsHistogram
        : LastSample.TryRead(ref _head.Series[series], out _, out _, out ChunkForm form) && form == ChunkForm.Log;

    private static Histogram StaleHistogram() => new() { Sum = StaleMarker.Value };
}
