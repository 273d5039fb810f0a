using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>What an appender has collected for its commit. Reused from request to request.</summary>
internal sealed class PendingRequest
{
    private const int InitialSamples = 256;

    /// <summary>What a cleared request keeps room for; the rare larger ones must not hold their memory for ever.</summary>
    private const int MaxKeptSamples = 64 * 1024;

    private const int MaxKeptBytes = 4 * 1024 * 1024;

    private readonly List<PendingHistogram> _histograms = [];
    private readonly List<PendingExemplar> _exemplars = [];
    private readonly ShardRuns _runs = new();
    private readonly List<int> _firstSamples = [];
    private readonly List<int> _firstHistograms = [];
    private PendingSample[] _samples = new PendingSample[InitialSamples];
    private ByteBuffer _bytes = new();
    private int _count;

    /// <summary>Samples that there is room for now.</summary>
    public int Capacity => _samples.Length;

    public Span<PendingSample> Samples => _samples.AsSpan(0, _count);

    public Span<PendingHistogram> Histograms => CollectionsMarshal.AsSpan(_histograms);

    public Span<PendingExemplar> Exemplars => CollectionsMarshal.AsSpan(_exemplars);

    public List<MetricMetadata> Metadata { get; } = [];

    /// <summary>
    /// The earliest time that a sample may have that is not later than the newest one of its series;
    /// <see cref="long.MaxValue"/> when none may be.
    /// </summary>
    public long OldestLateMs { get; set; } = long.MaxValue;

    /// <summary>Earlier samples are out of order even in a series that has none yet.</summary>
    public long OldestInOrderMs { get; set; } = long.MinValue;

    /// <summary>The latest time of a sample; <see cref="long.MinValue"/> without one.</summary>
    public long NewestMs { get; private set; } = long.MinValue;

    /// <summary>
    /// Places of samples that may be the first of their series, so that the index lacks it. The series of every other one is
    /// in the index, or one of these is before it.
    /// </summary>
    public List<int> FirstSamples => _firstSamples;

    /// <summary>The same of histograms.</summary>
    public List<int> FirstHistograms => _firstHistograms;

    /// <summary>How often series had left the head when the first series was looked up (<see cref="Head.Removals"/>).</summary>
    public long Removals { get; set; }

    /// <summary>Its log record; null while a log is replayed.</summary>
    public RequestRecord? Record { get; init; }

    /// <summary>The samples by shard, once <see cref="SplitByShard"/> was called.</summary>
    public ShardRuns Runs => _runs;

    /// <summary>Room to read two histograms into.</summary>
    public HistogramPair Compared => field ??= new HistogramPair();

    public bool IsEmpty => _count == 0 && _histograms.Count == 0 && _exemplars.Count == 0 && Metadata.Count == 0;

    public void Add(uint series, long timestampMs, double value, bool mayBeFirst)
    {
        if (mayBeFirst)
        {
            _firstSamples.Add(_count);
        }

        if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, _count * 2);
        }

        _samples[_count++] = new PendingSample(series, timestampMs, value);
        NewestMs = Math.Max(NewestMs, timestampMs);
    }

    /// <summary>Finds out which samples belong to which shard; to be called again when a sample changed its series.</summary>
    public void SplitByShard() => _runs.Split(Samples);

    /// <summary>Adds a histogram that was checked.</summary>
    public void Add(uint series, long timestampMs, Histogram histogram, bool mayBeFirst)
    {
        int start = _bytes.Length;
        HistogramBody.Write(_bytes, histogram);
        Add(new PendingHistogram(series, timestampMs, start, _bytes.Length - start), mayBeFirst);
    }

    /// <summary>Adds a histogram in the form of the log, checked.</summary>
    public void AddHistogram(uint series, long timestampMs, ReadOnlySpan<byte> body, bool mayBeFirst)
    {
        Add(new PendingHistogram(series, timestampMs, _bytes.Length, body.Length), mayBeFirst);
        _bytes.Append(body);
    }

    /// <param name="series">Whose.</param>
    /// <param name="timestampMs">When.</param>
    /// <param name="value">What.</param>
    /// <param name="labels">In canonical raw form.</param>
    public void AddExemplar(uint series, long timestampMs, double value, ReadOnlySpan<byte> labels)
    {
        _exemplars.Add(new PendingExemplar(series, timestampMs, value, _bytes.Length, labels.Length));
        _bytes.Append(labels);
    }

    public ReadOnlySpan<byte> BodyOf(in PendingHistogram histogram) =>
        _bytes.Written.Slice(histogram.Offset, histogram.Length);

    public ReadOnlySpan<byte> LabelsOf(in PendingExemplar exemplar) =>
        _bytes.Written.Slice(exemplar.Offset, exemplar.Length);

    public void Clear()
    {
        _count = 0;
        _samples = _samples.Length <= MaxKeptSamples ? _samples : new PendingSample[InitialSamples];
        _bytes = _bytes.Capacity <= MaxKeptBytes ? _bytes : new ByteBuffer();
        _bytes.Clear();
        _histograms.Clear();
        _exemplars.Clear();
        Metadata.Clear();
        NewestMs = long.MinValue;
        ClearPlaces(_firstSamples);
        ClearPlaces(_firstHistograms);
        Record?.Clear();
    }

    private static void ClearPlaces(List<int> places)
    {
        places.Clear();
        if (places.Capacity > MaxKeptSamples)
        {
            places.Capacity = 0;
        }
    }

    private void Add(PendingHistogram histogram, bool mayBeFirst)
    {
        if (mayBeFirst)
        {
            _firstHistograms.Add(_histograms.Count);
        }

        _histograms.Add(histogram);
        NewestMs = Math.Max(NewestMs, histogram.TimestampMs);
    }
}
