using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>Series that are decoded by other threads than the one that walks; that they are right, <see cref="TestDatabase"/> asserts.</summary>
public sealed class HeldSeriesTests
{
    private const int Series = 300;
    private const int StepMs = 60_000;
    private const int SeriesOfHold = 7;

    [Fact]
    public async Task Threads_decode_what_is_held_while_one_walks_and_others_append()
    {
        using TestDatabase test = new();
        Write(test, 0, 300);
        test.Database.Maintain();
        Write(test, 300, 320);
        Assert.InRange(test.Database.UpkeepStats().Blocks, 1, 3);
        string expected = test.Dump();
        using DatabaseQuerier querier = test.Database.NewQuerier();
        SelectedSeries walk = querier.Select([], long.MinValue, long.MaxValue);
        List<Task<List<string>>> decoding = [];
        for (bool more = true; more;)
        {
            HeldSeries held = walk.NewHold();
            List<Labels> labels = [];
            while (held.Count < SeriesOfHold && (more = walk.MoveNext()))
            {
                walk.Hold(held);
                labels.Add(walk.Labels);
            }

            decoding.Add(Task.Run(() => Decode(held, labels), TestContext.Current.CancellationToken));
            if (decoding.Count == 10)
            {
                Write(test, 320, 330);
            }
        }

        List<string> lines = [];
        foreach (Task<List<string>> part in decoding)
        {
            lines.AddRange(await part);
        }

        lines.Sort(string.CompareOrdinal);
        Assert.Equal(expected, string.Join('\n', lines));
    }

    private static List<string> Decode(HeldSeries held, List<Labels> labels)
    {
        List<string> lines = [];
        SampleColumns samples = new();
        for (int index = 0; index < held.Count; index++)
        {
            samples.Clear();
            held.Decode(index, ref samples);
            lines.Add(TestDatabase.Line(labels[index], samples.Timestamps, samples.Values));
        }

        return lines;
    }

    private static void Write(TestDatabase test, int firstStep, int endStep)
    {
        for (int step = firstStep; step < endStep; step++)
        {
            using Appender appender = test.Database.NewAppender();
            for (int number = 0; number < Series; number++)
            {
                Labels labels = Labels.FromStrings("__name__", "held", "number", $"{number}");
                appender.Append(TestDatabase.Series(appender, labels), TestDatabase.StartMs + (step * StepMs), step * number);
            }

            appender.Commit();
        }
    }
}
