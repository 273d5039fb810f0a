using System.Linq;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Buffer;

public sealed class ScrapeOrdersTests
{
    [Fact]
    public void Series_with_the_same_labels_of_the_same_length_become_neighbours_and_each_keeps_its_order()
    {
        Gen gen = Gen.Create(51);
        SeriesTable table = new();
        ScrapeOrders orders = new(table);
        for (int round = 0; round < 50; round++)
        {
            SampleList samples = new();
            List<(string Labels, SeriesRef Series)> series = [];
            for (int family = 0; family < 12; family++)
            {
                for (int path = 0; path < 12; path++)
                {
                    Labels labels = Labels.FromStrings("__name__", $"family_{family}", "path", $"/p/{path + round % 2}");
                    series.Add(($"{labels.Blob.Length} /p/{path + round % 2}", table.Acquire(labels)));
                }
            }

            List<(SeriesRef Series, long Time)> expected = [];
            for (long time = 0; time < 2; time++)
            {
                foreach ((_, SeriesRef one) in series)
                {
                    if (!gen.OneIn(20))
                    {
                        samples.Add(one, time, one.Value + time);
                        expected.Add((one, time));
                    }
                }
            }

            orders.Apply(samples);
            orders.Apply(samples);
            AssertOrdered(samples, expected, series, gen);
        }
    }

    [Fact]
    public void A_scrape_with_more_labels_than_can_be_sorted_stays_as_it_is()
    {
        SeriesTable table = new();
        ScrapeOrders orders = new(table);
        SeriesRef late = table.Acquire(Labels.FromStrings("__name__", "m", "long", new string('z', 1 << 20)));
        SeriesRef early = table.Acquire(Labels.FromStrings("__name__", "m", "long", new string('a', 1 << 20)));
        SampleList samples = new();
        SeriesRef[] given = new SeriesRef[3000];
        for (int index = 0; index < given.Length; index++)
        {
            given[index] = index % 2 == 0 ? late : early;
            samples.Add(given[index], index, 0);
        }

        orders.Apply(samples);
        orders.Apply(samples);

        Assert.Equal(given, samples.Columns.Series);
    }

    [Fact]
    public void A_number_that_is_given_away_again_leaves_no_order_behind()
    {
        SeriesTable table = new();
        ScrapeOrders orders = new(table);
        for (int round = 0; round < 5; round++)
        {
            SampleList samples = new();
            List<SeriesRef> acquired = [];
            for (int index = 0; index < 100; index++)
            {
                acquired.Add(table.Acquire(Labels.FromStrings("__name__", $"m{index % 10}", "x", $"{index / 10 * (round + 1)}")));
                samples.Add(acquired[^1], round, index);
            }

            orders.Apply(samples);
            Assert.Equal(100, new HashSet<double>(samples.Columns.Values.ToArray()).Count);
            foreach (SeriesRef series in acquired)
            {
                table.Release(series);
                orders.Forget(series);
            }
        }
    }

    private static void AssertOrdered(
        SampleList samples, List<(SeriesRef Series, long Time)> expected, List<(string Labels, SeriesRef Series)> series, Gen gen)
    {
        List<(SeriesRef, long)> actual = [];
        List<string> runs = [];
        for (int index = 0; index < samples.Count; index++)
        {
            SeriesRef one = samples.Columns.Series[index];
            actual.Add((one, samples.Columns.TimestampsMs[index]));
            Assert.Equal(one.Value + samples.Columns.TimestampsMs[index], samples.Columns.Values[index]);
            string labels = series.Find(known => known.Series == one).Labels;
            if (runs.Count == 0 || runs[^1] != labels)
            {
                runs.Add(labels);
            }
        }

        Assert.True(new HashSet<(SeriesRef, long)>(expected).SetEquals(actual) && expected.Count == actual.Count, gen.ToString());
        Assert.True(runs.Count == runs.Distinct().Count(), $"{gen}: labels come in {runs.Count} runs");
        foreach (IGrouping<SeriesRef, (SeriesRef Series, long Time)> group in actual.GroupBy(static one => one.Item1))
        {
            Assert.True(group.Select(static one => one.Time).SequenceEqual(group.Select(static one => one.Time).Order()), gen.ToString());
        }
    }
}
