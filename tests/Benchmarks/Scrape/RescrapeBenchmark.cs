using AmpEdge.Agent.Scrape;
using AmpEdge.Benchmarks.Exposition;
using AmpEdge.Prometheus;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Scrape;

/// <summary>
/// Reading a page of 500 series that were all there the scrape before, until their samples are ready for the buffer:
/// what a scrape costs beside HTTP. Time and bytes are per series.
/// </summary>
[MemoryDiagnoser]
public class RescrapeBenchmark
{
    private const int Series = 500;

    private readonly byte[][] _pages = [SyntheticPage.Of(Series, 1), SyntheticPage.Of(Series, 2)];
    private readonly SampleBatch _batch = new();
    private readonly CountingStore _store = new();
    private ScrapeCache _cache = NewCache(new CountingStore());
    private int _round;

    [GlobalSetup]
    public void Prepare()
    {
        _cache = NewCache(_store);
        Unchanged();
    }

    /// <summary>The same series in the same order, with other values.</summary>
    [Benchmark(OperationsPerInvoke = Series)]
    public int Unchanged()
    {
        _round++;
        return Scrape(_cache, _pages[_round & 1]);
    }

    /// <summary>The first scrape of a target: every line is new.</summary>
    [Benchmark(OperationsPerInvoke = Series)]
    public int First()
    {
        ScrapeCache cache = NewCache(_store);
        int samples = Scrape(cache, _pages[0]);
        cache.Release();
        return samples;
    }

    private int Scrape(ScrapeCache cache, byte[] page)
    {
        _batch.Clear();
        PageResult result = cache.Read(page, ExpositionFormat.Text004, _round * 1000L, _batch);
        if (result.Problem is not null)
        {
            throw new InvalidOperationException(result.Problem);
        }

        cache.Commit(_batch);
        cache.ForgetUnseen();
        return _batch.Count;
    }

    private static ScrapeCache NewCache(ISampleStore store) => new(
        store,
        new SampleLabels(
            Labels.FromStrings("instance", "10.0.0.1:9100", "job", "node"), honorLabels: false, utf8Names: true, [],
            new ScrapeLimits()),
        new TargetMetadata(),
        new ScrapeCacheOptions());
}
