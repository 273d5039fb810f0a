using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>The samples of one scrape, kept together until the page proves good. Grows to the largest scrape and stays.</summary>
internal sealed class SampleBatch
{
    private ScrapedSample[] _samples = new ScrapedSample[64];
    private int _count;

    public int Count => _count;

    public ReadOnlySpan<ScrapedSample> Samples => _samples.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Add(SeriesRef series, long timestampMs, double value)
    {
        if (_count == _samples.Length)
        {
            Array.Resize(ref _samples, _count * 2);
        }

        _samples[_count++] = new ScrapedSample(series, timestampMs, value);
    }
}
