using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class IndexStatisticsTests
{
    [Fact]
    public void The_largest_metrics_labels_and_pairs_come_first()
    {
        using TestDatabase test = new();
        for (int index = 0; index < 10; index++)
        {
            test.Append(Labels.FromStrings("__name__", "big", "pod", $"p{index}"), 1000, 1);
        }

        test.Append(Labels.FromStrings("__name__", "small", "pod", "p0"), 1000, 1);
        IndexStatistics statistics = test.Database.IndexStatistics(limit: 2);

        Assert.Equal((11, 12), (statistics.Series, statistics.LabelPairs));
        Assert.Equal([new NamedCount("big", 10), new NamedCount("small", 1)], statistics.SeriesByMetricName);
        Assert.Equal([new NamedCount("pod", 10), new NamedCount("__name__", 2)], statistics.ValuesByLabelName);
        Assert.Equal([new NamedCount("pod", 20), new NamedCount("__name__", 8)], statistics.BytesByLabelName);
        Assert.Equal([new NamedCount("__name__=big", 10), new NamedCount("pod=p0", 2)], statistics.SeriesByLabelPair);
        Assert.Equal(10, test.Database.SeriesCountOf("__name__"u8, "big"u8));
        Assert.Equal(0, test.Database.SeriesCountOf("__name__"u8, "absent"u8));
    }
}
