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
}
