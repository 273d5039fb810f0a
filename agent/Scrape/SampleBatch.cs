using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// What one scrape gives, kept together until the page proves good. Grows to the largest scrape and stays.
/// </summary>
internal sealed class SampleBatch
{
    /// <summary>Messages of histograms and labels of exemplars.</summary>
    private readonly ByteBuffer _bytes = new(0);
    private int[] _tracked = [];
    private ScrapedSample[] _samples = [];
    private ScrapedHistogram[] _histograms = [];
    private ScrapedExemplar[] _exemplars = [];
    private int _count;
    private int _trackedCount;
    private int _histogramCount;
    private int _exemplarCount;
    private SampleBatch? _starts;

    /// <summary>Zeros with which series begin, older than the samples: to be stored before them.</summary>
    public SampleBatch Starts => _starts ??= new SampleBatch();

    public bool HasStarts => _starts is { Count: > 0 };

    /// <summary>Samples of both kinds; exemplars are none.</summary>
    public int Count => _count + _histogramCount;

    public ReadOnlySpan<ScrapedSample> Samples => _samples.AsSpan(0, _count);

    public ReadOnlySpan<ScrapedHistogram> Histograms => _histograms.AsSpan(0, _histogramCount);

    public ReadOnlySpan<ScrapedExemplar> Exemplars => _exemplars.AsSpan(0, _exemplarCount);

    /// <summary>Indexes of the target's series whose absence from the next page matters.</summary>
    public ReadOnlySpan<int> Tracked => _tracked.AsSpan(0, _trackedCount);

    public void Clear()
    {
        _count = 0;
        _trackedCount = 0;
        _histogramCount = 0;
        _exemplarCount = 0;
        _bytes.Clear();
        _starts?.Clear();
    }

    public void Track(int series)
    {
        if (_trackedCount == _tracked.Length)
        {
            Array.Resize(ref _tracked, Math.Max(64, _trackedCount * 2));
        }

        _tracked[_trackedCount++] = series;
    }

    public void Add(SeriesRef series, long timestampMs, double value)
    {
        if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, Math.Max(64, _count * 2));
        }

        _samples[_count++] = new ScrapedSample(series, timestampMs, value);
    }

    public void Add(SeriesRef series, long timestampMs, Histogram histogram)
    {
        if (_histogramCount == _histograms.Length)
        {
            Array.Resize(ref _histograms, Math.Max(16, _histogramCount * 2));
        }

        int start = _bytes.Length;
        HistogramMessageWriter.Write(_bytes, histogram, timestampMs);
        _histograms[_histogramCount++] = new ScrapedHistogram(series, timestampMs, start, _bytes.Length - start);
    }

    public void AddExemplar(SeriesRef series, long timestampMs, double value, ReadOnlySpan<byte> labelBlob)
    {
        if (_exemplarCount == _exemplars.Length)
        {
            Array.Resize(ref _exemplars, Math.Max(16, _exemplarCount * 2));
        }

        _exemplars[_exemplarCount++] = new ScrapedExemplar(
            series, timestampMs, value, _bytes.Length, labelBlob.Length);
        _bytes.Append(labelBlob);
    }

    /// <summary>The histogram as remote write sends it: the bytes of a <see cref="HistogramMessage"/>, its time included.</summary>
    public ReadOnlySpan<byte> MessageOf(in ScrapedHistogram histogram) =>
        _bytes.Written.Slice(histogram.Start, histogram.Length);

    /// <summary>The blob (<see cref="Labels"/>) of an exemplar's labels.</summary>
    public ReadOnlySpan<byte> LabelsOf(in ScrapedExemplar exemplar) =>
        _bytes.Written.Slice(exemplar.Start, exemplar.Length);
}
