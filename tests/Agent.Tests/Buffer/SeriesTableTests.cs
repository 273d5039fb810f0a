using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Buffer;

public sealed class SeriesTableTests
{
    [Fact]
    public void A_random_history_agrees_with_a_dictionary()
    {
        Gen gen = Gen.Create(11);
        SeriesTable table = new();
        Dictionary<string, (SeriesRef Series, int References)> model = [];
        List<SeriesRef> removed = [];
        for (int step = 0; step < 20_000; step++)
        {
            Labels labels = Labels.FromStrings("__name__", $"m{gen.Int(700)}", "x", new string('v', gen.Int(5) == 0 ? 300 : 3));
            string key = labels.ToString();
            bool known = model.TryGetValue(key, out (SeriesRef Series, int References) entry);
            if (gen.Bool() || !known)
            {
                SeriesRef series = table.Acquire(labels);
                Assert.True(!known || series == entry.Series, gen.ToString());
                model[key] = (series, entry.References + 1);
                AssertLabels(table, series, labels, gen);
                continue;
            }

            table.Release(entry.Series);
            if (entry.References == 1)
            {
                model.Remove(key);
                removed.Clear();
                table.DrainRemoved(removed);
                Assert.Equal([entry.Series], removed);
            }
            else
            {
                model[key] = (entry.Series, entry.References - 1);
            }
        }

        Assert.Equal(model.Count, table.Count);
        HashSet<SeriesRef> distinct = [];
        foreach ((SeriesRef series, _) in model.Values)
        {
            Assert.True(distinct.Add(series), gen.ToString());
        }
    }

    [Fact]
    public void Labels_of_series_that_came_and_went_leave_no_memory_behind()
    {
        SeriesTable table = new();
        long afterFirst = 0;
        for (int round = 0; round < 20_000; round++)
        {
            table.Release(table.Acquire(Labels.FromStrings("__name__", "m", "round", $"{round:D6}")));
            afterFirst = round == 0 ? table.LabelBytes : afterFirst;
        }

        Assert.Equal(0, table.Count);
        Assert.Equal(afterFirst, table.LabelBytes);
    }

    [Fact]
    public void A_series_whose_labels_are_shared_costs_the_numbers_of_its_labels()
    {
        const int targets = 40;
        const int perTarget = 2500;
        SeriesTable table = new();
        long labelBytes = 0;
        for (int target = 0; target < targets; target++)
        {
            for (int index = 0; index < perTarget; index++)
            {
                Labels labels = Labels.FromStrings(
                    "__name__", $"http_server_request_duration_seconds_{index / 50}_bucket", "cluster", "production-eu-west-1",
                    "instance", $"10.17.{target}.21:9100", "job", "kubernetes-pods", "le", $"{0.005 * (index % 10)}",
                    "method", index % 2 == 0 ? "GET" : "POST", "namespace", "checkout", "path", $"/api/v1/resource/{index % 25}",
                    "pod", $"checkout-7d9f8b6c5d-{target:x5}");
                table.Acquire(labels);
                labelBytes += labels.Blob.Length;
            }
        }

        double perSeries = (double)table.LabelBytes / table.Count;
        TestContext.Current.SendDiagnosticMessage($"{labelBytes / table.Count} bytes of labels, {perSeries:0.0} kept");
        Assert.True(labelBytes / table.Count > 180);
        Assert.InRange(perSeries, 1, 64);
    }

    private static void AssertLabels(SeriesTable table, SeriesRef series, Labels labels, Gen gen)
    {
        ByteBuffer blob = new();
        ulong hash = table.CopyLabels(series, blob);
        Assert.True(blob.Written.SequenceEqual(labels.Blob) && hash == labels.Hash, gen.ToString());
        using SeriesTable.LabelReader reader = table.ReadLabels();
        Assert.Equal(labels.Blob.Length, reader.LengthOf(series));
    }
}
