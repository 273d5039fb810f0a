using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class KeptLabelsTests
{
    private const int StepMs = 60_000;

    [Theory]
    [InlineData("")]
    [InlineData("zone")]
    [InlineData("zone,__name__")]
    [InlineData("absent,number,__name__,zone")]
    public void Series_of_blocks_and_head_have_the_kept_labels_and_share_what_is_the_same(string names)
    {
        using TestDatabase test = new();
        for (int step = 0; step < 300; step++)
        {
            Append(test, "both", step);
        }

        test.Database.Maintain();
        Append(test, "young", 300);
        Assert.InRange(test.Database.UpkeepStats().Blocks, 1, 3);

        string[] kept = names.Split(',', StringSplitOptions.RemoveEmptyEntries);
        KeptLabels keeper = new(kept);
        using DatabaseQuerier querier = test.Database.NewQuerier();
        SelectedSeries series = querier.SelectSorted([], long.MinValue, long.MaxValue);
        Labels? last = null;
        int count = 0;
        for (; series.MoveNext(); count++)
        {
            LabelsBuilder expected = new();
            foreach (string name in kept)
            {
                expected.Set(name, series.Labels.GetString(name));
            }

            Labels got = series.LabelsOf(keeper);
            Assert.Equal(expected.Build(), got);
            Assert.Equal(got.Equals(last), ReferenceEquals(got, last));
            last = got;
        }

        Assert.Equal(24, count);
    }

    private static void Append(TestDatabase test, string name, int step)
    {
        using Appender appender = test.Database.NewAppender();
        for (int number = 0; number < 12; number++)
        {
            Labels labels = Labels.FromStrings("__name__", name, "number", $"{number}", "zone", number < 6 ? "a" : "b");
            appender.Append(TestDatabase.Series(appender, labels), TestDatabase.StartMs + (step * StepMs), step);
        }

        appender.Commit();
    }
}
