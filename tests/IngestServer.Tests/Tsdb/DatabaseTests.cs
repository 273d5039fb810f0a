using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class DatabaseTests
{
    private static readonly Labels s_up = Labels.FromStrings("__name__", "up", "job", "node");
    private static readonly Labels s_down = Labels.FromStrings("__name__", "down", "job", "node");

    [Fact]
    public void What_was_committed_is_read_back()
    {
        using TestDatabase test = new();
        test.Append(s_up, 1000, 1);
        test.Append(s_up, 2000, 2.5);
        test.Append(s_down, 1000, -1);

        Assert.Equal(
            "down{job=\"node\"} 1000=bff0000000000000\n"
            + "up{job=\"node\"} 1000=3ff0000000000000 2000=4004000000000000",
            test.Dump());
    }

    [Fact]
    public void Acknowledged_samples_survive_the_death_of_the_process()
    {
        TestDatabase test = new();
        for (int index = 0; index < 300; index++)
        {
            test.Append(s_up, 1000 + (index * 15), index * 0.1);
        }

        string before = test.Dump();
        test.Kill();

        using TestDatabase again = new(test.Files);
        Assert.Equal(before, again.Dump());
        Assert.Equal(300, again.Database.Replay.Samples);
        Assert.Equal(0, again.Database.Replay.LostBytes);
    }

    [Fact]
    public void A_rolled_back_request_leaves_nothing()
    {
        using TestDatabase test = new();
        using (Appender appender = test.Database.NewAppender())
        {
            appender.Append(TestDatabase.Series(appender, s_up), 1000, 1);
            appender.Rollback();
            Assert.Equal(0, appender.Commit().Appended);
        }

        using DatabaseQuerier querier = test.Database.NewQuerier();
        Assert.Equal("", test.Dump());
        Assert.Empty(querier.LabelNames([], 0, 1000).Strings());
        Assert.Equal(0, test.Database.Stats().Series);
    }

    [Fact]
    public void A_first_sample_from_the_beginning_of_time_does_not_shut_out_the_others()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { OldestAcceptedAge = TimeSpan.FromHours(1) });
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, long.MinValue + 1, 1));
        test.Database.Maintain();
        Assert.Equal(AppendOutcome.Appended, test.Append(s_down, TestDatabase.StartMs, 2));
        test.Database.Maintain();
        Assert.Equal($"down{{job=\"node\"}} {TestDatabase.StartMs}=4000000000000000", test.Dump());
    }

    [Fact]
    public void A_series_that_nobody_committed_to_is_forgotten_though_nothing_was_ever_stored()
    {
        using TestDatabase test = new();
        using (Appender appender = test.Database.NewAppender())
        {
            TestDatabase.Series(appender, s_up);
        }

        test.Database.Maintain();
        using Appender later = test.Database.NewAppender();
        Assert.False(later.TryGetSeries(s_up, out _));
    }

    [Fact]
    public void A_large_request_does_not_hold_its_memory_for_ever()
    {
        PendingRequest request = new();
        for (int index = 0; index < 200_000; index++)
        {
            request.Add(1, index, index, mayBeFirst: true);
        }

        request.Clear();
        Assert.InRange(request.Capacity, 1, 100_000);
    }

    [Fact]
    public void A_request_that_no_log_record_holds_is_refused_whole_and_the_next_one_is_taken()
    {
        using TestDatabase test = new();
        string help = new('h', 1 << 20);
        using Appender appender = test.Database.NewAppender();
        appender.Append(TestDatabase.Series(appender, s_up), 1000, 1);
        for (int family = 0; family <= 64; family++)
        {
            appender.AppendMetadata(new MetricMetadata($"family{family}", MetricType.Gauge, help, ""));
        }

        RequestTooLargeException refused = Assert.Throws<RequestTooLargeException>(() => appender.Commit());
        Assert.InRange(refused.SizeBytes, 65L << 20, 66L << 20);
        Assert.Equal(64L << 20, refused.LimitBytes);
        Assert.Equal("", test.Dump());
        Assert.Equal(0, test.Database.Stats().MetadataFamilies);
        Assert.Equal(0, test.Database.Stats().LogWritesFailed);

        appender.Rollback();
        appender.Append(TestDatabase.Series(appender, s_up), 2000, 2);
        Assert.Equal(1, appender.Commit().Appended);
        test.Kill();
        using TestDatabase again = new(test.Files);
        Assert.Equal("up{job=\"node\"} 2000=4000000000000000", again.Dump());
        Assert.Empty(again.Database.Replay.Damages);
    }

    [Fact]
    public void A_folder_is_opened_by_one_process_at_a_time()
    {
        using TestDatabase test = new();

        IOException refused = Assert.Throws<IOException>(() => new TestDatabase(test.Files));
        Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
    }
}
