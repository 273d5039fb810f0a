using AmpEdge.Agent.Scrape;
using AmpEdge.Benchmarks.Exposition;
using AmpEdge.Prometheus;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.Scrape;

/// <summary>What 200 targets of 2,500 series each keep between two scrapes; the figure is printed, the time means nothing.</summary>
public class MemoryPerLine
{
    private const int Targets = 200;
    private const int Series = 2500;

    [Benchmark]
    public int Kept()
    {
        byte[] page = SyntheticPage.Of(Series, 1);
        ScrapeCache[] caches = new ScrapeCache[Targets];
        SampleBatchPool batches = new();
        CountingStore store = new();
        MetadataPool metadata = new();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int target = 0; target < Targets; target++)
        {
            TargetMetadata ofTarget = new();
            ofTarget.ShareBy(metadata);
            caches[target] = new ScrapeCache(
                store,
                new SampleLabels(
                    Labels.FromStrings("instance", "10.0.0.1:9100", "job", "node"), honorLabels: false, utf8Names: true, [],
                    new ScrapeLimits()),
                ofTarget,
                new ScrapeCacheOptions());
            for (int scrape = 0; scrape < 3; scrape++)
            {
                SampleBatch batch = batches.Rent();
                caches[target].Read(page, ExpositionFormat.Text004, scrape, batch);
                caches[target].Commit(batch);
                caches[target].ForgetUnseen();
                batches.Return(batch);
            }
        }

        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"// {kept / (double)(Targets * Series):F1} bytes per series");
        GC.KeepAlive(caches);
        return caches[0].Lines;
    }
}
