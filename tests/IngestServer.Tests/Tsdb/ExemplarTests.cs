using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class ExemplarTests
{
    private static readonly Labels s_a = Labels.FromStrings("__name__", "a", "job", "x");
    private static readonly Labels s_b = Labels.FromStrings("__name__", "b", "job", "x");

    [Fact]
    public void Exemplars_are_found_by_selectors_and_time_and_survive_a_crash()
    {
        using TestDatabase test = new();
        Append(test, s_b, 1000, 1, "t1");
        Append(test, s_a, 1500, 2, "t2");
        Append(test, s_a, 2000, 3, "t3");
        const string All = "a: t2@1500=2 t3@2000=3; b: t1@1000=1";
        Assert.Equal(All, Find(test, 0, 9999, "a", "b"));
        Assert.Equal("a: t3@2000=3", Find(test, 1501, 9999, "a", "b"));
        Assert.Equal("b: t1@1000=1", Find(test, 0, 9999, "b"));
        Assert.Equal("", Find(test, 3000, 9999, "a", "b"));
        Assert.Equal(3, test.Database.Stats().ExemplarsAppended);

        test.Kill();
        using TestDatabase again = new(test.Files);
        Assert.Equal(All, Find(again, 0, 9999, "a", "b"));
    }

    [Fact]
    public void The_newest_one_again_is_accepted_silently_and_an_older_one_refused()
    {
        using TestDatabase test = new();
        Assert.Equal(AppendOutcome.Appended, Append(test, s_a, 1000, 1, "t1"));
        Assert.Equal(AppendOutcome.DuplicateSample, Append(test, s_a, 1000, 1, "t1"));
        Assert.Equal(AppendOutcome.OutOfOrder, Append(test, s_a, 999, 1, "t0"));
        Assert.Equal(AppendOutcome.OutOfOrder, Append(test, s_a, 1000, 0.5, "t0"));
        Assert.Equal(AppendOutcome.Appended, Append(test, s_a, 1000, 2, "t2"));
        Assert.Equal("a: t1@1000=1 t2@1000=2", Find(test, 0, 9999, "a"));
    }

    [Fact]
    public void At_the_bound_the_oldest_goes_whoever_it_belongs_to()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { MaxExemplars = 3 });
        Append(test, s_b, 1, 1, "b1");
        for (int time = 2; time <= 4; time++)
        {
            Append(test, s_a, time, time, $"a{time}");
        }

        Assert.Equal("a: a2@2=2 a3@3=3 a4@4=4", Find(test, 0, 9999, "a", "b"));
        for (int time = 5; time <= 50; time++)
        {
            Append(test, time % 2 == 0 ? s_a : s_b, time, time, $"e{time}");
        }

        Assert.Equal("a: e48@48=48 e50@50=50; b: e49@49=49", Find(test, 0, 9999, "a", "b"));
        HeadStats stats = test.Database.Stats();
        Assert.Equal((3, 3, 2), (stats.Exemplars, stats.MaxExemplars, stats.ExemplarSeries));
    }

    [Fact]
    public void Without_room_none_is_kept()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { MaxExemplars = 0 });
        Assert.Equal(AppendOutcome.Appended, Append(test, s_a, 1, 1, "t"));
        Assert.Equal("", Find(test, 0, 9999, "a"));
    }

    private static AppendOutcome Append(TestDatabase test, Labels series, long timestampMs, double value, string trace)
    {
        using Appender appender = test.Database.NewAppender();
        SeriesRef reference = TestDatabase.Series(appender, series);
        appender.Append(reference, TestDatabase.StartMs, 1);
        AppendOutcome outcome = appender.AppendExemplar(
            reference, timestampMs, value, Labels.FromStrings("trace_id", trace));
        appender.Commit();
        return outcome;
    }

    private static string Find(TestDatabase test, long minTimeMs, long maxTimeMs, params string[] names)
    {
        List<IReadOnlyList<Matcher>> selectors = [];
        foreach (string name in names)
        {
            selectors.Add([new Matcher(MatcherType.Equal, "__name__", name)]);
        }

        using DatabaseQuerier querier = test.Database.NewQuerier();
        List<string> lines = [];
        foreach (SeriesExemplars found in querier.Exemplars(selectors, minTimeMs, maxTimeMs))
        {
            List<string> exemplars = [];
            foreach (Exemplar exemplar in found.Exemplars)
            {
                exemplars.Add($"{exemplar.Labels.GetString("trace_id")}@{exemplar.TimestampMs}={exemplar.Value}");
            }

            lines.Add($"{found.Series.GetString("__name__")}: {string.Join(' ', exemplars)}");
        }

        return string.Join("; ", lines);
    }
}
