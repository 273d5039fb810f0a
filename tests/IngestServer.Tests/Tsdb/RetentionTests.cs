using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class RetentionTests
{
    private static readonly DatabaseOptions s_options = TestDatabase.Options with
    {
        Retention = TimeSpan.FromMinutes(30),
        ChunkRange = TimeSpan.FromMinutes(10),
        SegmentBytes = 64 * 1024,
    };

    [Fact]
    public void Series_that_ended_leave_and_their_memory_comes_back()
    {
        using TestDatabase test = new(options: s_options);
        long highestBytes = 0;
        for (int generation = 0; generation < 8; generation++)
        {
            AppendGeneration(test.Database, generation);
            test.Database.Maintain();
            HeadStats stats = test.Database.Stats();
            Assert.InRange(stats.Series, 1, 5 * 500);
            if (generation == 5)
            {
                highestBytes = stats.HeadBytes;
            }

            Assert.True(highestBytes == 0 || stats.HeadBytes < highestBytes * 1.3, stats.ToString());
            Assert.True(stats.LogBytes < 2_000_000, stats.ToString());
        }

        HeadStats end = test.Database.Stats();
        Assert.Equal(8 * 500, end.SeriesCreated);
        Assert.Equal(end.SeriesCreated - end.SeriesRemoved, end.Series);
        Assert.True(end.LogTruncations > 0, end.ToString());

        using DatabaseQuerier querier = test.Database.NewQuerier();
        Assert.InRange(querier.LabelValues("pod", [], 0, long.MaxValue).Count, end.Series, 5 * 500);
        Assert.DoesNotContain("generation0", querier.LabelNames([], 0, long.MaxValue).Strings());
        Assert.Contains("generation7", querier.LabelNames([], 0, long.MaxValue).Strings());
    }

    [Fact]
    public void A_burst_of_series_leaves_no_memory_behind_once_they_are_stale()
    {
        using TestDatabase test = new(options: s_options);
        Labels kept = Labels.FromStrings("__name__", "kept");
        test.Append(kept, TestDatabase.StartMs, 1);
        using (Appender appender = test.Database.NewAppender())
        {
            for (int index = 0; index < 40_000; index++)
            {
                Labels labels = Labels.FromStrings("__name__", "burst", "pod", $"pod-{index}");
                appender.Append(TestDatabase.Series(appender, labels), TestDatabase.StartMs, index);
            }

            appender.Commit();
        }

        long highest = test.Database.Stats().HeadBytes;
        for (int minute = 1; minute <= 40; minute++)
        {
            test.Append(kept, TestDatabase.StartMs + (minute * 60_000L), minute);
        }

        test.Database.Maintain();
        test.Append(kept, TestDatabase.StartMs + (41 * 60_000L), 1);
        test.Database.Maintain();
        HeadStats stats = test.Database.Stats();
        Assert.Equal(1, stats.Series);
        Assert.Equal(40_000, stats.SeriesRemoved);
        Assert.Equal(0, stats.RetiredWaiting);
        Assert.True(stats.HeadBytes < highest / 10, $"{highest} bytes at the highest, {stats}");
    }

    [Fact]
    public void Nothing_that_was_deleted_comes_back_after_a_restart()
    {
        FaultyFileSystem files = new();
        string before;
        using (TestDatabase test = new(files, s_options))
        {
            for (int generation = 0; generation < 8; generation++)
            {
                AppendGeneration(test.Database, generation);
                test.Database.Maintain();
            }

            before = test.Dump();
        }

        using TestDatabase again = new(files, s_options);
        Assert.Equal(before, again.Dump());
    }

    [Fact]
    public void Maintenance_runs_by_itself()
    {
        using TestDatabase test = new(options: s_options with { MaintenanceInterval = TimeSpan.FromMinutes(1) });
        for (int generation = 0; generation < 8; generation++)
        {
            AppendGeneration(test.Database, generation);
        }

        Assert.Equal(8 * 500, test.Database.Stats().Series);
        test.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(test.Database.Stats().Series, 1, 5 * 500);
    }

    [Fact]
    public void A_head_over_its_bytes_makes_blocks_of_the_oldest_samples_before_their_time()
    {
        DatabaseOptions options = s_options with { Retention = TimeSpan.FromDays(1), MaxHeadBytes = 3 * 512 * 1024 };
        using TestDatabase test = new(options: options);
        Gen gen = Gen.Create(61);
        Labels[] series = new Labels[20];
        for (int index = 0; index < series.Length; index++)
        {
            series[index] = Labels.FromStrings("__name__", "m", "n", $"{index}");
        }

        const int Steps = 8_000;
        using Appender appender = test.Database.NewAppender();
        for (int step = 1; step <= Steps; step++)
        {
            foreach (Labels labels in series)
            {
                appender.Append(TestDatabase.Series(appender, labels), TestDatabase.StartMs + (step * 1000L), gen.Double());
            }

            appender.Commit();
        }

        appender.Dispose();
        test.Database.Maintain();
        HeadStats stats = test.Database.Stats();
        Assert.True(stats.HeadBytes <= options.MaxHeadBytes, stats.ToString());
        Assert.Equal(20, stats.Series);
        Assert.True(stats.MinTimeMs > TestDatabase.StartMs + 1000, stats.ToString());
        Assert.Equal(TestDatabase.StartMs + (Steps * 1000L), stats.MaxTimeMs);
        Assert.True(test.Database.UpkeepStats().Blocks > 0);
        Assert.Equal(20 * Steps, test.Dump().AsSpan().Count(' '));
    }

    [Fact]
    public void A_head_far_over_its_bytes_makes_no_new_series_until_there_is_room()
    {
        DatabaseOptions options = s_options with { Retention = TimeSpan.FromDays(1), MaxHeadBytes = 4 << 20 };
        using TestDatabase test = new(options: options);
        Labels kept = Labels.FromStrings("__name__", "kept");
        test.Append(kept, TestDatabase.StartMs, 1);
        long refused = FillWithNewSeries(test.Database);
        HeadStats full = test.Database.Stats();
        Assert.True(refused > 0, "no series was ever refused");
        Assert.True(full.HeadBytes < options.MaxHeadBytes * 1.4, full.ToString());
        Assert.Equal(refused, full.HeadFullSamples);
        Assert.Equal(AppendOutcome.Appended, test.Append(kept, TestDatabase.StartMs + 3_600_000, 2));

        test.Database.Maintain();
        using Appender appender = test.Database.NewAppender();
        Labels labels = Labels.FromStrings("__name__", "late");
        Assert.Equal(
            AppendOutcome.Appended, appender.TryGetOrCreateSeries(TestDatabase.Raw(labels), labels, 10, out SeriesRef series));
        Assert.NotEqual(SeriesRef.None, series);
        Assert.True(test.Database.Stats().HeadBytes <= options.MaxHeadBytes, test.Database.Stats().ToString());
    }

    [Fact]
    public void A_request_that_finds_the_head_over_its_bytes_asks_for_maintenance_before_its_time()
    {
        DatabaseOptions options = s_options with
        {
            Retention = TimeSpan.FromDays(1), MaxHeadBytes = 4 << 20, MaintenanceInterval = TimeSpan.FromHours(1),
        };
        using TestDatabase test = new(options: options);
        FillWithNewSeries(test.Database);
        Labels kept = Labels.FromStrings("__name__", "kept");
        test.Append(kept, TestDatabase.StartMs + 3_600_000, 1);
        test.Append(kept, TestDatabase.StartMs + 3_600_001, 1);
        test.Time.Advance(TimeSpan.FromSeconds(6));
        test.Append(kept, TestDatabase.StartMs + 3_600_002, 1);
        test.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(test.Database.Stats().HeadBytes <= options.MaxHeadBytes, test.Database.Stats().ToString());
    }

    [Fact]
    public void The_limit_of_series_counts_those_without_samples_and_frees_what_left()
    {
        using TestDatabase test = new(options: s_options);
        using (Appender appender = test.Database.NewAppender())
        {
            Assert.Equal(AppendOutcome.Appended, TryMake(appender, "a", 2));
            Assert.Equal(AppendOutcome.Appended, TryMake(appender, "b", 2));
            Assert.Equal(AppendOutcome.TooManySeries, TryMake(appender, "c", 2));
            Assert.Equal(AppendOutcome.Appended, TryMake(appender, "a", 2));
        }

        test.Append(Labels.FromStrings("__name__", "b"), TestDatabase.StartMs, 1);
        test.Database.Maintain();
        using Appender later = test.Database.NewAppender();
        Assert.Equal(AppendOutcome.Appended, TryMake(later, "c", 2));
    }

    [Fact]
    public void A_series_that_left_during_a_request_is_made_anew_by_its_commit()
    {
        using TestDatabase test = new(options: s_options);
        Labels old = Labels.FromStrings("__name__", "old");
        Labels fresh = Labels.FromStrings("__name__", "new");
        test.Append(old, TestDatabase.StartMs, 1);
        using (Appender appender = test.Database.NewAppender())
        {
            SeriesRef series = TestDatabase.Series(appender, old);
            test.Append(fresh, TestDatabase.StartMs + 3_600_000, 1);
            test.Database.Maintain();
            Assert.Equal(1, test.Database.Stats().Series);

            appender.Append(series, TestDatabase.StartMs + 3_600_000, 2);
            Assert.Equal(1, appender.Commit().Appended);
        }

        Assert.Equal(2, test.Database.Stats().Series);
        Assert.Contains("old 1700003600000=4000000000000000", test.Dump(), StringComparison.Ordinal);
    }

    private static AppendOutcome TryMake(Appender appender, string name, int maxSeries)
    {
        Labels labels = Labels.FromStrings("__name__", name);
        return appender.TryGetOrCreateSeries(TestDatabase.Raw(labels), labels, maxSeries, out _);
    }

    /// <summary>Requests with a hundred new series each, until one is refused; returns how many were.</summary>
    private static long FillWithNewSeries(Database database)
    {
        long refused = 0;
        for (int request = 0; request < 1000 && refused == 0; request++)
        {
            using Appender appender = database.NewAppender();
            for (int index = 0; index < 100; index++)
            {
                Labels labels = Labels.FromStrings("__name__", "m", "n", $"{request}-{index}", "text", new string('x', 200));
                if (appender.TryGetOrCreateSeries(TestDatabase.Raw(labels), labels, int.MaxValue, out SeriesRef series)
                    == AppendOutcome.Appended)
                {
                    appender.Append(series, TestDatabase.StartMs + request, 1);
                }
                else
                {
                    refused++;
                }
            }

            appender.Commit();
        }

        return refused;
    }

    /// <summary>Ten minutes of 500 series that no other generation has.</summary>
    private static void AppendGeneration(Database database, int generation)
    {
        for (int minute = 0; minute < 10; minute++)
        {
            using Appender appender = database.NewAppender();
            for (int index = 0; index < 500; index++)
            {
                Labels labels = Labels.FromStrings(
                    "__name__", "m", "pod", $"pod-{generation}-{index}", $"generation{generation}", "yes");
                long timestampMs = TestDatabase.StartMs + (((generation * 10) + minute) * 60_000L);
                appender.Append(TestDatabase.Series(appender, labels), timestampMs, index);
            }

            appender.Commit();
        }
    }
}
