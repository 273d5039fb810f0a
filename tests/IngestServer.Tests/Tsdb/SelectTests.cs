using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class SelectTests
{
    [Fact]
    public void Selections_find_what_looking_at_every_series_finds()
    {
        Gen gen = Gen.Create(81);
        for (int round = 0; round < 12; round++)
        {
            using TestDatabase test = new();
            List<Labels> all = [];
            for (int index = 0; index < 60; index++)
            {
                Labels labels = RandomLabels(gen);
                if (!all.Contains(labels))
                {
                    all.Add(labels);
                    test.Append(labels, 1000, 1);
                }
            }

            for (int query = 0; query < 60; query++)
            {
                List<Matcher> matchers = RandomMatchers(gen);
                List<string> expected = [];
                foreach (Labels labels in all)
                {
                    if (matchers.TrueForAll(matcher => matcher.Matches(labels)))
                    {
                        expected.Add(labels.ToString());
                    }
                }

                using DatabaseQuerier querier = test.Database.NewQuerier();
                List<string> found = querier.Series(matchers, 0, 2000).ConvertAll(labels => labels.ToString());
                expected.Sort(string.CompareOrdinal);
                found.Sort(string.CompareOrdinal);
                Assert.True(
                    string.Join('\n', expected) == string.Join('\n', found), $"{{{string.Join(',', matchers)}}} {gen}");
            }
        }
    }

    [Fact]
    public void A_view_whose_caller_is_gone_answers_nothing_more()
    {
        using TestDatabase test = new();
        test.Append(Labels.FromStrings("__name__", "m", "n", "1"), 1000, 1);
        test.Append(Labels.FromStrings("__name__", "m", "n", "2"), 1000, 1);
        using CancellationTokenSource caller = new();
        using DatabaseQuerier querier = test.Database.NewQuerier(caller.Token);
        SelectedSeries series = querier.Select([], 0, 2000);
        Assert.True(series.MoveNext());
        caller.Cancel();

        List<Matcher> pattern = [new Matcher(MatcherType.Regex, "n", "1.*")];
        Assert.Throws<OperationCanceledException>(() => series.MoveNext());
        Assert.Throws<OperationCanceledException>(() => querier.Series([], 0, 2000));
        Assert.Throws<OperationCanceledException>(() => querier.Select(pattern, 0, 2000));
        Assert.Throws<OperationCanceledException>(() => querier.LabelNames([], 0, 2000));
        Assert.Throws<OperationCanceledException>(() => querier.LabelValues("n", [], 0, 2000));
        Assert.Throws<OperationCanceledException>(() => querier.LabelValues("n", [pattern], 0, 2000));
    }

    [Fact]
    public void A_selection_yields_the_samples_of_its_times_only()
    {
        using TestDatabase test = new();
        Labels labels = Labels.FromStrings("__name__", "m");
        for (int index = 0; index < 500; index++)
        {
            test.Append(labels, index * 10, index);
        }

        Assert.Equal("m 1230=405ec00000000000 1240=405f000000000000", test.Dump([], 1225, 1249));
        Assert.Equal("m 0=0", test.Dump([], -100, 0));
        Assert.Equal("", test.Dump([], 4991, 9000));
        Assert.Equal("", test.Dump([], -100, -1));
    }

    [Fact]
    public void Label_names_and_values_come_sorted_and_can_be_narrowed()
    {
        using TestDatabase test = new();
        test.Append(Labels.FromStrings("__name__", "a", "job", "x", "zone", "é"), 1000, 1);
        test.Append(Labels.FromStrings("__name__", "b", "job", "y"), 1000, 1);
        using DatabaseQuerier querier = test.Database.NewQuerier();
        List<Matcher> onlyB = [new(MatcherType.Equal, "__name__", "b")];

        Assert.Equal(["__name__", "job", "zone"], querier.LabelNames([], 0, 2000).Strings());
        Assert.Equal(["__name__", "job"], querier.LabelNames([onlyB], 0, 2000).Strings());
        Assert.Equal(["x", "y"], querier.LabelValues("job", [], 0, 2000).Strings());
        Assert.Equal(["y"], querier.LabelValues("job", [onlyB], 0, 2000).Strings());
        Assert.Equal(["é"], querier.LabelValues("zone", [], 0, 2000).Strings());
        Assert.Empty(querier.LabelValues("absent", [], 0, 2000).Strings());
        Assert.Empty(querier.LabelNames([onlyB], 5000, 6000).Strings());
        Assert.Empty(querier.LabelNames([], 5000, 6000).Strings());
        Assert.Empty(querier.LabelValues("job", [], 0, 999).Strings());
    }

    [Fact]
    public void Values_are_sorted_by_their_bytes()
    {
        using TestDatabase test = new();
        string[] sorted = ["a", "aa", "b", "é", "\uFFFD", "😀"];
        foreach (string value in sorted)
        {
            test.Append(Labels.FromStrings("__name__", "m", "v", value), 1000, 1);
        }

        using DatabaseQuerier querier = test.Database.NewQuerier();
        Assert.Equal(sorted, querier.LabelValues("v", [], 0, 2000).Strings());
    }

    [Fact]
    public void A_query_keeps_seeing_the_moment_at_which_it_began()
    {
        using TestDatabase test = new();
        Labels labels = Labels.FromStrings("__name__", "m");
        for (int index = 0; index < 130; index++)
        {
            test.Append(labels, index, index);
        }

        string before = test.Dump();
        using DatabaseQuerier querier = test.Database.NewQuerier();
        for (int index = 130; index < 600; index++)
        {
            test.Append(labels, index, index);
            test.Append(Labels.FromStrings("__name__", $"new{index}"), index, index);
        }

        test.Append(Labels.FromStrings("__name__", "m", "later", "yes"), 1000, 1);
        Assert.Equal(before, TestDatabase.Dump(querier, [], long.MinValue, long.MaxValue));
        Assert.Equal(["m"], querier.LabelValues("__name__", [], 0, 2000).Strings());
        Assert.Equal(["__name__"], querier.LabelNames([], 0, 2000).Strings());
        Assert.True(test.Database.Stats().OlderVersions > 0);
    }

    [Fact]
    public void What_a_finished_query_needed_is_given_back()
    {
        using TestDatabase test = new();
        Labels labels = Labels.FromStrings("__name__", "m");
        using (test.Database.NewQuerier())
        {
            for (int index = 0; index < 600; index++)
            {
                test.Append(labels, index, index);
            }

            Assert.True(test.Database.Stats().RetiredWaiting > 0);
        }

        test.Append(labels, 600, 1);
        test.Append(labels, 601, 1);
        test.Append(labels, 602, 1);
        Assert.Equal(0, test.Database.Stats().OlderVersions);
        Assert.InRange(test.Database.Stats().RetiredWaiting, 0, 1);
    }

    private static Labels RandomLabels(Gen gen)
    {
        LabelsBuilder builder = new();
        builder.Set("__name__", gen.Pick("up", "down", "go_gc", "go_mem"));
        foreach (string name in (string[])["job", "instance", "env"])
        {
            if (!gen.OneIn(4))
            {
                builder.Set(name, gen.Pick("a", "b", "ab", "api-1", "api-2", "x.y"));
            }
        }

        return builder.Build();
    }

    private static List<Matcher> RandomMatchers(Gen gen)
    {
        List<Matcher> matchers = [];
        int count = gen.Int(4);
        for (int index = 0; index < count; index++)
        {
            MatcherType type = gen.Pick(
                MatcherType.Equal, MatcherType.NotEqual, MatcherType.Regex, MatcherType.NotRegex);
            string value = type is MatcherType.Regex or MatcherType.NotRegex
                ? gen.Pick("", ".*", ".+", "a|b", "api-.*", "api-[12]", "go_.+", "a?b?", "x\\.y", "up|", "(?i)A")
                : gen.Pick("", "a", "b", "up", "api-1", "nothing");
            matchers.Add(new Matcher(type, gen.Pick("__name__", "job", "instance", "env", "missing"), value));
        }

        return matchers;
    }
}
