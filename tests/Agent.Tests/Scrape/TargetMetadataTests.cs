using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class TargetMetadataTests
{
    [Fact]
    public void Targets_that_say_the_same_of_a_family_keep_it_once()
    {
        MetadataPool pool = new();
        MetricMetadata first = Assert.Single(Read("# HELP a Text.\n# TYPE a counter\na 1\n", pool));
        MetricMetadata second = Assert.Single(Read("# TYPE a counter\n# HELP a Text.\na 1\n", pool));
        MetricMetadata other = Assert.Single(Read("# HELP a Another text.\n# TYPE a counter\na 1\n", pool));

        Assert.Same(first, second);
        Assert.Equal("Another text.", other.Help);
    }

    [Fact]
    public void Families_that_are_gone_are_forgotten_in_the_end()
    {
        Page page = new();
        long largest = 0;
        for (int scrape = 1; scrape <= 500; scrape++)
        {
            StringBuilder text = new("# HELP stays Text.\n# TYPE stays counter\nstays 1\n");
            for (int family = 0; family < 20; family++)
            {
                text.Append($"# TYPE f_{scrape}_{family} gauge\nf_{scrape}_{family} 1\n");
            }

            page.Scrape(text.ToString(), scrape);
            largest = Math.Max(largest, page.Metadata.Count);
        }

        Assert.InRange(largest, 21, 500);
        Assert.InRange(page.Metadata.Bytes, 1, 5000);
        Assert.Contains(new MetricMetadata("stays", MetricType.Counter, "Text.", ""), page.Families());
    }

    [Fact]
    public void What_is_said_again_of_a_family_counts_again()
    {
        Page page = new();
        page.Scrape("# HELP a One.\n# TYPE a gauge\na 1\n", 1);
        page.Scrape("# HELP a Two.\n# TYPE a counter\na 1\n", 2);
        Assert.Equal(new MetricMetadata("a", MetricType.Counter, "Two.", ""), Assert.Single(page.Families()));

        page.Scrape("# HELP a One.\n# TYPE a gauge\na 1\n", 3);

        Assert.Equal(new MetricMetadata("a", MetricType.Gauge, "One.", ""), Assert.Single(page.Families()));
    }

    private static List<MetricMetadata> Read(string page, MetadataPool pool)
    {
        TargetMetadata metadata = new();
        metadata.ShareBy(pool);
        SampleLabels labels = new(Labels.Empty, honorLabels: false, utf8Names: true, [], new ScrapeLimits());
        ScrapeCache cache = new(new RecordingStore(), labels, metadata, new ScrapeCacheOptions());
        Assert.Null(cache.Read(Encoding.UTF8.GetBytes(page), ExpositionFormat.Text004, 1, new SampleBatch()).Problem);
        List<MetricMetadata> families = [];
        metadata.CopyTo(families);
        return families;
    }

    /// <summary>A target's page from scrape to scrape.</summary>
    private sealed class Page
    {
        private readonly ScrapeCache _cache;
        private readonly SampleBatch _batch = new();

        public Page()
        {
            SampleLabels labels = new(Labels.Empty, honorLabels: false, utf8Names: true, [], new ScrapeLimits());
            _cache = new ScrapeCache(new RecordingStore(), labels, Metadata, new ScrapeCacheOptions());
        }

        public TargetMetadata Metadata { get; } = new();

        public List<MetricMetadata> Families()
        {
            List<MetricMetadata> families = [];
            Metadata.CopyTo(families);
            return families;
        }

        public void Scrape(string page, long timestampMs)
        {
            Assert.Null(_cache.Read(Encoding.UTF8.GetBytes(page), ExpositionFormat.Text004, timestampMs, _batch).Problem);
            _cache.Commit(_batch);
            _batch.Clear();
            _cache.ForgetUnseen();
        }
    }
}
