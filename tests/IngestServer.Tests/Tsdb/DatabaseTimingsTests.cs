using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class DatabaseTimingsTests
{
    private const long Minute = 60_000;

    private static readonly Labels s_up = Labels.FromStrings("__name__", "up");

    [Fact]
    public void What_a_database_does_by_itself_is_told_each_time()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { ChunkRange = TimeSpan.FromMinutes(10), SegmentBytes = 4096 });
        int compacted = 0;
        int synced = 0;
        int collected = 0;
        int truncated = 0;
        int cleaned = 0;
        DatabaseTimings timings = test.Database.Timings;
        timings.Compacted = _ => compacted++;
        timings.LogSynced = _ => synced++;
        timings.HeadCollected = _ => collected++;
        timings.LogTruncated = _ => truncated++;
        timings.TombstonesCleaned = _ => cleaned++;

        test.Append(s_up, 0, 1);
        test.Database.Sync();
        Assert.Equal((0, 1, 0), (compacted, synced, collected));

        test.Database.Maintain();
        Assert.Equal((0, 1, 1), (compacted, collected, (int)test.Database.UpkeepStats().CompactionsTriggered));
        for (long timeMs = Minute; timeMs < 40 * Minute; timeMs += 100)
        {
            test.Append(s_up, timeMs, 1);
        }

        test.Database.Maintain();
        UpkeepStats upkeep = test.Database.UpkeepStats();
        Assert.True(compacted > 0 && compacted == upkeep.Compactions, $"{compacted} compactions");
        Assert.Equal(2 + upkeep.HeadTruncations, collected);
        Assert.True(truncated > 0 && truncated == test.Database.Stats().LogTruncations, $"{truncated} truncations");
        Assert.True(upkeep.SymbolBytes > 0);

        Assert.Equal(0, cleaned);
        test.Database.CleanTombstones();
        Assert.Equal(1, cleaned);
    }

    [Fact]
    public void Requests_that_are_being_written_are_counted()
    {
        using TestDatabase test = new();
        Assert.Equal(0, test.Database.Stats().ActiveAppenders);
        using (Appender first = test.Database.NewAppender())
        {
            using Appender second = test.Database.NewAppender();
            Assert.Equal(2, test.Database.Stats().ActiveAppenders);
        }

        Assert.Equal(0, test.Database.Stats().ActiveAppenders);
        test.Append(s_up, 1000, 1);
        Assert.Equal(0, test.Database.Stats().ActiveAppenders);
    }

    [Fact]
    public void The_low_watermark_waits_for_the_oldest_query()
    {
        using TestDatabase test = new();
        test.Append(s_up, 1000, 1);
        long before = test.Database.Stats().HighWatermark;
        using (test.Database.NewQuerier())
        {
            test.Append(s_up, 2000, 1);
            HeadStats held = test.Database.Stats();
            Assert.True(held.HighWatermark > before, $"{held.HighWatermark} after {before}");
            Assert.Equal(before, held.LowWatermark);
        }

        HeadStats left = test.Database.Stats();
        Assert.Equal(left.HighWatermark, left.LowWatermark);
    }
}
