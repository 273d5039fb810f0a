using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The floats and the native histograms of one series apart, each by ascending time: functions over a range look at them
/// separately. The arrays are reused from series to series.
/// </summary>
internal sealed class SplitSamples
{
    private long[] _floatTimes = [];
    private double[] _floats = [];
    private int _floatCount;

    private long[] _histogramTimes = [];
    private FloatHistogram[] _histograms = [];
    private int _histogramCount;

    /// <summary>At each place the sizes of all histograms before it, so that the size of a window is a difference.</summary>
    private long[] _sizes = [];

    public ReadOnlySpan<long> FloatTimes => _floatTimes.AsSpan(0, _floatCount);

    public ReadOnlySpan<double> Floats => _floats.AsSpan(0, _floatCount);

    public ReadOnlySpan<long> HistogramTimes => _histogramTimes.AsSpan(0, _histogramCount);

    public ReadOnlySpan<FloatHistogram> Histograms => _histograms.AsSpan(0, _histogramCount);

    /// <summary>How many samples some histograms count as.</summary>
    public long SizeOf(int first, int count) => count == 0 ? 0 : _sizes[first + count] - _sizes[first];

    /// <summary>Takes over the samples of a series, none of which is a staleness marker.</summary>
    public void Split(SampleBuffer samples)
    {
        Reserve(samples.Count);
        _floatCount = 0;
        _histogramCount = 0;
        ReadOnlySpan<FloatHistogram?> histograms = samples.Histograms;
        for (int index = 0; index < samples.Count; index++)
        {
            if (histograms[index] is { } histogram)
            {
                _histogramTimes[_histogramCount] = samples.Timestamps[index];
                _histograms[_histogramCount++] = histogram;
                _sizes[_histogramCount] = _sizes[_histogramCount - 1] + QueryBudget.SizeOf(histogram);
            }
            else
            {
                _floatTimes[_floatCount] = samples.Timestamps[index];
                _floats[_floatCount++] = samples.Values[index];
            }
        }
    }

    private void Reserve(int count)
    {
        if (_floats.Length < count)
        {
            _floatTimes = new long[count];
            _floats = new double[count];
            _histogramTimes = new long[count];
            _histograms = new FloatHistogram[count];
            _sizes = new long[count + 1];
        }
    }
}
