using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class AppenderTests
{
    private const long Minute = 60_000;

    private static readonly Labels s_up = Labels.FromStrings("__name__", "up", "job", "node");
    private static readonly Labels s_down = Labels.FromStrings("__name__", "down", "job", "node");

    [Fact]
    public void Each_sample_gets_the_outcome_that_its_order_earns()
    {
        using TestDatabase test = new();
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 1000, 1));
        Assert.Equal(AppendOutcome.DuplicateSample, test.Append(s_up, 1000, 1));
        Assert.Equal(AppendOutcome.DuplicateTimestamp, test.Append(s_up, 1000, 2));
        Assert.Equal(AppendOutcome.OutOfOrder, test.Append(s_up, 999, 1));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 1001, 1));

        HeadStats stats = test.Database.Stats();
        Assert.Equal(2, stats.SamplesAppended);
        Assert.Equal(1, stats.DuplicateSamples);
        Assert.Equal(1, stats.DuplicateTimestamps);
        Assert.Equal(1, stats.OutOfOrderSamples);
    }

    [Fact]
    public void Values_are_compared_by_their_bits()
    {
        using TestDatabase test = new();
        test.Append(s_up, 1000, StaleMarker.Value);

        Assert.Equal(AppendOutcome.DuplicateSample, test.Append(s_up, 1000, StaleMarker.Value));
        Assert.Equal(AppendOutcome.DuplicateTimestamp, test.Append(s_up, 1000, StaleMarker.NormalNaN));
        test.Append(s_up, 2000, 0.0);
        Assert.Equal(AppendOutcome.DuplicateTimestamp, test.Append(s_up, 2000, -0.0));
    }

    [Fact]
    public void Order_is_kept_inside_one_request_too()
    {
        using TestDatabase test = new();
        using Appender appender = test.Database.NewAppender();
        SeriesRef up = TestDatabase.Series(appender, s_up);

        Assert.Equal(AppendOutcome.Appended, appender.Append(up, 1000, 1));
        Assert.Equal(AppendOutcome.DuplicateSample, appender.Append(up, 1000, 1));
        Assert.Equal(AppendOutcome.DuplicateTimestamp, appender.Append(up, 1000, 2));
        Assert.Equal(AppendOutcome.OutOfOrder, appender.Append(up, 500, 1));
        Assert.Equal(1, appender.Commit().Appended);
    }

    [Fact]
    public void A_series_that_comes_twice_in_a_request_is_judged_at_the_commit()
    {
        using TestDatabase test = new();
        using Appender appender = test.Database.NewAppender();
        SeriesRef up = TestDatabase.Series(appender, s_up);
        SeriesRef down = TestDatabase.Series(appender, s_down);
        appender.Append(up, 2000, 1);
        appender.Append(down, 2000, 1);
        Assert.Equal(AppendOutcome.Appended, appender.Append(up, 1000, 1));
        appender.Append(down, 2000, 1);

        CommitResult result = appender.Commit();
        Assert.Equal(new CommitResult(2, 1, 1, AppendOutcome.OutOfOrder, up, 1000), result);
        Assert.Equal(1, test.Database.Stats().OutOfOrderSamples);
    }

    [Fact]
    public void Samples_outside_the_bounds_of_time_are_refused_by_name()
    {
        DatabaseOptions options = TestDatabase.Options with
        {
            OldestAcceptedAge = TimeSpan.FromMinutes(30),
            FutureTolerance = TimeSpan.FromMinutes(10),
        };
        using TestDatabase test = new(options: options);
        long now = TestDatabase.StartMs;

        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, now + (10 * Minute), 1));
        Assert.Equal(AppendOutcome.TooFarInFuture, test.Append(s_up, now + (10 * Minute) + 1, 1));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_down, now - (20 * Minute), 1));
        Assert.Equal(AppendOutcome.TooOld, test.Append(s_down, now - (20 * Minute) - 1, 1));
        Assert.Equal(1, test.Database.Stats().TooOldSamples);
        Assert.Equal(1, test.Database.Stats().TooFarInFutureSamples);
    }

    [Fact]
    public void A_full_disk_fails_the_commit_and_shows_nothing_of_it()
    {
        using TestDatabase test = new();
        test.Append(s_up, 1000, 1);
        string before = test.Dump();
        using (Appender appender = test.Database.NewAppender())
        {
            appender.Append(TestDatabase.Series(appender, s_up), 2000, 1);
            appender.Append(TestDatabase.Series(appender, s_down), 2000, 1);
            appender.AppendMetadata(new MetricMetadata("down", MetricType.Gauge, "help", ""));
            test.Files.CapacityBytes = test.Files.UsedBytes + 10;
            Assert.Throws<DiskFullException>(() => appender.Commit());

            using DatabaseQuerier querier = test.Database.NewQuerier();
            Assert.Equal(before, test.Dump());
            Assert.Equal(["up"], querier.LabelValues("__name__", [], 0, long.MaxValue).Strings());
            Assert.Empty(querier.Metadata());
            Assert.Equal(1, test.Database.Stats().Series);
            Assert.Equal(1, test.Database.Stats().LogWritesFailed);

            // Room again: the same appender may try once more.
            test.Files.CapacityBytes = long.MaxValue;
            Assert.Equal(2, appender.Commit().Appended);
        }

        string after = test.Dump();
        test.Kill();
        using TestDatabase again = new(test.Files);
        Assert.Equal(after, again.Dump());
    }

    [Fact]
    public void A_write_that_fails_half_way_leaves_the_log_readable()
    {
        using TestDatabase test = new();
        test.Append(s_up, 1000, 1);
        test.Files.FailingWrites = 1;
        test.Files.ShortWriteBytes = 20;
        test.Files.FailingCuts = 1;
        Assert.ThrowsAny<IOException>(() => test.Append(s_up, 2000, 1));
        test.Append(s_up, 3000, 1);
        string shown = test.Dump();

        test.Kill();
        using TestDatabase again = new(test.Files);
        Assert.Equal(shown, again.Dump());
        Assert.True(again.Database.Replay.LostBytes > 0);
    }

    [Fact]
    public void With_an_interval_of_zero_a_commit_is_on_the_disk_when_it_returns()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { FsyncInterval = TimeSpan.Zero });
        int before = test.Files.Syncs;
        test.Append(s_up, 1000, 1);
        Assert.True(test.Files.Syncs > before);

        test.Files.FailingSyncs = 1;
        Assert.Throws<WalSyncException>(() => test.Append(s_up, 2000, 1));
        Assert.Contains("2000=", test.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_is_synced_once_an_interval()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using TestDatabase test = new();
            test.Append(s_up, 1000, 1);
            string synced = test.Dump();
            test.Time.Advance(TimeSpan.FromSeconds(1));
            test.Append(s_up, 2000, 1);
            test.CutPower(Gen.Create(seed));

            using TestDatabase again = new(test.Files);
            Assert.StartsWith(synced, again.Dump(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Raw_forms_that_mean_the_same_labels_lead_to_one_series()
    {
        using TestDatabase test = new();
        byte[] canonical = TestDatabase.Raw(s_up);
        byte[] name = TestDatabase.Raw(Labels.FromStrings("__name__", "up"));
        byte[] unsorted = [.. canonical[name.Length..], .. name];
        using Appender appender = test.Database.NewAppender();

        SeriesRef first = appender.GetOrCreateSeries(unsorted, s_up);
        Assert.Equal(first, appender.GetOrCreateSeries(canonical, s_up));
        Assert.True(appender.TryGetSeries(unsorted, out SeriesRef again));
        Assert.Equal(first, again);
        Assert.True(appender.TryGetSeries(s_up, out again));
        Assert.Equal(first, again);
        Assert.False(appender.TryGetSeries(s_down, out _));
        Assert.Equal(s_up, appender.LabelsOf(first));
    }

    [Fact]
    public void A_sender_that_shuffles_its_labels_cannot_fill_the_cache()
    {
        using TestDatabase test = new();
        using Appender appender = test.Database.NewAppender();
        for (int form = 0; form < 100; form++)
        {
            byte[] odd = [.. TestDatabase.Raw(s_up), (byte)form];
            Assert.Equal(TestDatabase.Series(appender, s_up), appender.GetOrCreateSeries(odd, s_up));
        }

        Assert.False(appender.TryGetSeries((byte[])[.. TestDatabase.Raw(s_up), 99], out _));
    }

    [Fact]
    public void Steady_appending_allocates_nothing_per_sample()
    {
        string folder = Directory.CreateTempSubdirectory("ampedge-append-").FullName;
        try
        {
            using Database database = Database.Open(
                folder, TestDatabase.Options, new DiskFileSystem(), new ManualTime(), hashSeed: 1);
            byte[][] raws = new byte[500][];
            using (Appender appender = database.NewAppender())
            {
                for (int index = 0; index < raws.Length; index++)
                {
                    Labels labels = Labels.FromStrings("__name__", "m", "instance", $"host{index}");
                    raws[index] = TestDatabase.Raw(labels);
                    appender.Append(appender.GetOrCreateSeries(raws[index], labels), 1, 0);
                }

                appender.Commit();
            }

            // Warm: pools, and one whole chunk of every series.
            const int Rounds = 100;
            AppendRounds(database, raws, 1, 150);
            long before = GC.GetAllocatedBytesForCurrentThread();
            AppendRounds(database, raws, 151, Rounds);

            // What remains is a few objects per request and the arena's next page.
            double perSample = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Rounds * raws.Length);
            Assert.True(perSample < 10, $"{perSample} bytes a sample");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AppendRounds(Database database, byte[][] raws, int first, int count)
    {
        for (int round = first; round < first + count; round++)
        {
            using Appender appender = database.NewAppender();
            foreach (byte[] raw in raws)
            {
                if (!appender.TryGetSeries(raw, out SeriesRef series)
                    || appender.Append(series, round * 15_000L, 1) != AppendOutcome.Appended)
                {
                    Assert.Fail($"round {round} was refused");
                }
            }

            appender.Commit();
        }
    }
}
