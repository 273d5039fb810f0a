using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;

namespace AmpEdge.Benchmarks.Scrape;

/// <summary>Hands out numbers and keeps nothing.</summary>
internal sealed class CountingStore : ISampleStore
{
    private uint _next;

    public SeriesRef Acquire(Labels labels, out bool isFirst)
    {
        isFirst = true;
        return new SeriesRef(++_next);
    }

    public void Release(SeriesRef series)
    {
    }

    public bool Append(SampleBatch batch) => true;
}
