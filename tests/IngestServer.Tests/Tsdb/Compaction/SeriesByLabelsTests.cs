using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;
using TsdbHead = AmpEdge.Tsdb.Head;

namespace AmpEdge.IngestServer.Tests.Tsdb.Compaction;

public sealed class SeriesByLabelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(10_000)]
    public void All_series_come_once_in_the_order_of_labels_however_few_are_sorted_at_once(int atOnce)
    {
        Gen gen = Gen.Create(71);
        TsdbHead head = new(TestDatabase.Options, hashSeed: 1);
        SortedSet<Labels> all = [];
        PendingRequest request = new();
        for (int index = 0; index < 200; index++)
        {
            Labels labels = Labels.FromStrings("__name__", $"m{gen.Int(10)}", "n", $"{gen.Int(100)}");
            all.Add(labels);
            request.Add(head.Register.SeriesOf(TestDatabase.Raw(labels)), index, 1, mayBeFirst: true);
        }

        head.Commit(request, log: null);
        // Made by a request that was never committed: not in the index.
        head.Register.SeriesOf(TestDatabase.Raw(Labels.FromStrings("__name__", "pending")));

        List<Labels> found = [];
        SeriesByLabels order = new(head, atOnce, CancellationToken.None);
        while (order.Next() is { Length: > 0 } ids)
        {
            Assert.InRange(ids.Length, 1, Math.Max(atOnce, all.Count / 16));
            foreach (uint id in ids)
            {
                found.Add(head.LabelsOf(head.Index.Ids[id]));
            }
        }

        Assert.Equal(all, found);
    }
}
