using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>Samples that come later than newer ones of their series.</summary>
public sealed class OutOfOrderTests
{
    private static readonly Labels s_up = Labels.FromStrings("__name__", "up");
    private static readonly Labels s_clock = Labels.FromStrings("__name__", "clock");

    private static readonly DatabaseOptions s_options = TestDatabase.Options with { OutOfOrderWindow = TimeSpan.FromSeconds(60) };

    [Fact]
    public void Samples_within_the_window_are_seen_in_the_order_of_time()
    {
        using TestDatabase test = new(options: s_options);
        test.Append(s_up, 100_000, 1);
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 40_000, 2));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 70_000, 3));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 110_000, 4));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 105_000, 5));

        Assert.Equal("40000 70000 100000 105000 110000", Times(test, 0, long.MaxValue));
        Assert.Equal("70000 100000 105000", Times(test, 70_000, 105_000));
        HeadStats stats = test.Database.Stats();
        Assert.Equal(3, stats.OutOfOrderAppended);
        Assert.Equal(5, stats.SamplesAppended);
        Assert.Equal(40_000, stats.MinTimeMs);
    }

    [Fact]
    public void The_window_counts_back_from_the_newest_sample_of_any_series()
    {
        using TestDatabase test = new(options: s_options);
        test.Append(s_up, 100_000, 1);
        test.Append(s_clock, 200_000, 1);
        Assert.Equal(AppendOutcome.TooOld, test.Append(s_up, 99_999, 2));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 150_000, 2));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 140_000, 2));
        Assert.Equal(AppendOutcome.TooOld, test.Append(s_up, 139_999, 2));
        Assert.Equal("100000 140000 150000", Times(test, 0, long.MaxValue));
    }

    [Fact]
    public void A_series_that_is_new_takes_old_samples_of_the_window_though_they_are_too_old_for_order()
    {
        DatabaseOptions options = s_options with
        {
            OldestAcceptedAge = TimeSpan.FromSeconds(10),
            OutOfOrderWindow = TimeSpan.FromSeconds(30),
        };
        using TestDatabase test = new(options: options);
        test.Append(s_clock, 100_000, 1);
        Assert.Equal(AppendOutcome.TooOld, test.Append(s_up, 69_999, 1));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 75_000, 1));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 70_000, 1));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 95_000, 1));
        Assert.Equal("70000 75000 95000", Times(test, 0, long.MaxValue));
        Assert.Equal("70000 75000", Times(test, 0, 80_000));
    }

    [Fact]
    public void What_is_there_already_is_no_error_and_another_value_at_its_time_is_one()
    {
        using TestDatabase test = new(options: s_options);
        test.Append(s_up, 90_000, 9);
        test.Append(s_up, 100_000, 1);
        test.Append(s_up, 80_000, 8);
        foreach ((long timeMs, double value) in ((long, double)[])[(90_000, 9), (80_000, 8), (100_000, 1)])
        {
            Assert.Equal(new CommitResult(), Commit(test, timeMs, value) with { Duplicates = 0 });
            CommitResult other = Commit(test, timeMs, 7);
            Assert.True(
                other.Refused == 0 || other.FirstRefusal == AppendOutcome.DuplicateTimestamp, $"{timeMs}: {other}");
        }

        HeadStats stats = test.Database.Stats();
        Assert.Equal(3, stats.DuplicateSamples);
        Assert.Equal(3, stats.DuplicateTimestamps);
        Assert.Equal("80000 90000 100000", Times(test, 0, long.MaxValue));
    }

    [Fact]
    public void A_query_sees_neither_half_a_request_nor_later_ones()
    {
        using TestDatabase test = new(options: s_options);
        test.Append(s_up, 100_000, 1);
        test.Append(s_up, 90_000, 1);
        string before = test.Dump();
        using DatabaseQuerier querier = test.Database.NewQuerier();
        for (int round = 0; round < 5; round++)
        {
            using Appender appender = test.Database.NewAppender();
            for (int index = 0; index < 60; index++)
            {
                appender.Append(TestDatabase.Series(appender, s_up), 50_000 + (round * 100) + index, index);
            }

            Assert.Equal(60, appender.Commit().Appended);
            Assert.Equal(before, TestDatabase.Dump(querier, [], 0, long.MaxValue));
        }

        Assert.Equal(302, Times(test, 0, long.MaxValue).Split(' ').Length);
    }

    [Fact]
    public void A_restart_brings_them_back_and_refuses_again_what_was_refused()
    {
        using TestDatabase test = new(options: s_options);
        test.Append(s_up, 100_000, 1);
        Commit(test, 60_000, 6);
        Commit(test, 60_000, 7);
        test.Database.OutOfOrderWindow = TimeSpan.Zero;
        using (Appender appender = test.Database.NewAppender())
        {
            // Taken in order of its request, out of order by the commit of another one.
            appender.Append(TestDatabase.Series(appender, s_up), 101_000, 1);
            test.Append(s_up, 102_000, 1);
            Assert.Equal(AppendOutcome.OutOfOrder, appender.Commit().FirstRefusal);
        }

        string before = test.Dump();
        test.Kill();
        using TestDatabase again = new(test.Files, s_options with { OutOfOrderWindow = TimeSpan.FromHours(1) });
        Assert.Equal(before, again.Dump());
        Assert.Equal("60000 100000 102000", Times(again, 0, long.MaxValue));
    }

    [Fact]
    public void Their_memory_goes_with_the_retention()
    {
        DatabaseOptions options = s_options with { Retention = TimeSpan.FromHours(3), OutOfOrderWindow = TimeSpan.FromHours(1) };
        using TestDatabase test = new(options: options);
        for (int minute = 0; minute < 10 * 60; minute++)
        {
            test.Append(s_clock, minute * 60_000L, 1);
            test.Append(s_up, minute * 60_000L, 1);
            for (int late = 0; late < 5; late++)
            {
                test.Append(s_up, (minute * 60_000L) - 30_000 + late, 1);
            }

            test.Database.Maintain();
        }

        HeadStats stats = test.Database.Stats();
        Assert.True(stats.MinTimeMs >= 5 * 3_600_000L, $"{stats}");
        Assert.True(stats.Chunks < 40, $"{stats}");
        string kept = Times(test, 7 * 3_600_000L, long.MaxValue);
        Assert.Equal(180 + (179 * 5), kept.Split(' ').Length);
    }

    /// <summary>
    /// They are in no block though they belong before the time where the head starts, and come back from a snapshot as from the
    /// log, until the next cut takes them.
    /// </summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Those_from_before_the_head_starts_outlive_a_restart_and_the_next_cut(bool fromSnapshot, bool whileCutting)
    {
        DatabaseOptions options = s_options with { ChunkRange = TimeSpan.FromMinutes(10), SnapshotOnClose = true };
        FaultyFileSystem files = new();
        TestDatabase test = new(files, options);
        AppendMinutes(test, 0, 40);
        DatabaseQuerier? old = whileCutting ? test.Database.NewQuerier() : null;
        test.Database.Maintain();
        Assert.True(test.Database.UpkeepStats().Blocks > 0);
        test.Database.OutOfOrderWindow = TimeSpan.FromHours(1);
        AppendLate(test);
        old?.Dispose();
        string before = test.Dump();
        if (fromSnapshot)
        {
            test.Dispose();
        }
        else
        {
            test.Kill();
        }

        options = options with { OutOfOrderWindow = TimeSpan.FromHours(1) };
        test = new TestDatabase(files, options);
        Assert.Equal(fromSnapshot, test.Database.Replay.FromSnapshot);
        Assert.Equal(before, test.Dump());
        Assert.Equal(1, Commit(test, 65_000, 5).Duplicates);
        Assert.Equal(AppendOutcome.DuplicateTimestamp, Commit(test, 65_000, 6).FirstRefusal);
        using (DatabaseQuerier querier = test.Database.NewQuerier())
        {
            test.Append(s_up, 66_000, 7);
            Assert.Equal(before, TestDatabase.Dump(querier, [], 0, long.MaxValue));
        }

        string after = test.Dump();
        AppendMinutes(test, 41, 160);
        test.Database.Maintain();
        Assert.True(test.Database.Stats().MinTimeMs > 3_600_000, test.Database.Stats().ToString());
        Assert.Equal(after, test.Dump([], 0, 40 * 60_000));
        test.Dispose();
        using TestDatabase last = new(files, options);
        Assert.Equal(after, last.Dump([], 0, 40 * 60_000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_orders_come_out_sorted_and_once_also_after_a_crash(int seed)
    {
        Gen gen = Gen.Create(seed);
        DatabaseOptions options = s_options with
        {
            ChunkRange = TimeSpan.FromMinutes(20),
            OutOfOrderWindow = TimeSpan.FromHours(12),
            SegmentBytes = 8192,
        };
        FaultyFileSystem files = new();
        TestDatabase test = new(files, options);
        SortedDictionary<long, double> model = [];
        for (int request = 0; request < 60; request++)
        {
            using (Appender appender = test.Database.NewAppender())
            {
                SeriesRef series = TestDatabase.Series(appender, s_up);
                for (int index = 0; index < 30; index++)
                {
                    long timeMs = gen.Int(4 * 3_600_000) / 1000 * 1000;
                    double value = gen.Int(3);
                    appender.Append(series, timeMs, value);
                    model.TryAdd(timeMs, value);
                }

                appender.Commit();
            }

            if (gen.OneIn(6))
            {
                test.Kill();
                test = new TestDatabase(files, options);
            }

            Assert.True(string.Join(' ', model.Keys) == Times(test, 0, long.MaxValue), $"request {request}, {gen}");
        }

        test.Dispose();
    }

    private static void AppendMinutes(TestDatabase test, int first, int last)
    {
        for (int minute = first; minute <= last; minute++)
        {
            test.Append(s_clock, minute * 60_000L, minute);
            test.Append(s_up, minute * 60_000L, minute);
        }
    }

    /// <summary>Before the head's start: one that a block has too, one between two of a block, and those of a new series.</summary>
    private static void AppendLate(TestDatabase test)
    {
        Labels fresh = Labels.FromStrings("__name__", "fresh");
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 60_000, 1));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 65_000, 5));
        Assert.Equal(AppendOutcome.Appended, test.Append(fresh, 70_000, 8));
        Assert.Equal(AppendOutcome.Appended, test.Append(fresh, 62_000, 9));
    }

    private static CommitResult Commit(TestDatabase test, long timestampMs, double value)
    {
        using Appender appender = test.Database.NewAppender();
        appender.Append(TestDatabase.Series(appender, s_up), timestampMs, value);
        return appender.Commit();
    }

    private static string Times(TestDatabase test, long minTimeMs, long maxTimeMs)
    {
        using DatabaseQuerier querier = test.Database.NewQuerier();
        SelectedSeries series = querier.Select([new Matcher(MatcherType.Equal, "__name__", "up")], minTimeMs, maxTimeMs);
        SampleColumns samples = new();
        while (series.MoveNext())
        {
            series.Decode(ref samples);
        }

        return string.Join(' ', samples.Timestamps.ToArray());
    }
}
