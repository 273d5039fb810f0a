using System.Linq;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>What a destination sends after the agent ended, in whatever way: everything, in order, and little of it twice.</summary>
public sealed class QueueRestartTests
{
    [Fact]
    public async Task After_a_kill_with_the_destination_down_everything_arrives_in_order()
    {
        await using QueueWorld world = new();
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
            world.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await world.KillAsync();
        await world.StartAsync();
        world.DriveUntilAccepted(300);

        Delivered.AssertComplete(world, 100, maxRepeats: 0);
    }

    [Fact]
    public async Task What_was_acknowledged_is_not_sent_again_after_a_restart()
    {
        await using QueueWorld world = new();
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(3);
        world.Drive(() => world.Queue.Pending == 0, "an empty queue");
        await world.StopAsync();

        await world.StartAsync();
        world.Scrape(2);
        world.DriveUntilAccepted(6);

        Delivered.AssertComplete(world, 2, maxRepeats: 0);
    }

    [Fact]
    public async Task Another_number_of_shards_after_a_kill_keeps_order_and_repeats_no_more_than_a_batch_per_shard()
    {
        const int batch = 7;
        await using QueueWorld world = new() { SeriesCount = 20 };
        int scrapes = 0;
        int sent = 0;
        int[] lives = [3, 2, 5, 1];
        foreach (int shards in lives)
        {
            world.Options = QueueWorld.DefaultOptions with
            {
                Queue = QueueWorld.DefaultOptions.Queue with
                {
                    MinShards = shards, MaxShards = shards, MaxSamplesPerSend = batch,
                },
            };
            await world.StartAsync();
            for (int index = 0; index < 20; index++)
            {
                world.Scrape(++scrapes);
            }

            sent += 150;
            world.DriveUntilAccepted(sent);
            await world.KillAsync();
        }

        await world.StartAsync();
        world.Drive(() => Delivered.DistinctCount(world) == scrapes * 20, "everything");

        Delivered.AssertComplete(world, scrapes, maxRepeats: batch * (3 + 2 + 5 + 1));
    }

    [Fact]
    public async Task A_series_number_that_is_given_away_again_never_mixes_up_labels()
    {
        await using QueueWorld world = new() { SeriesCount = 0 };
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        for (int round = 0; round < 50; round++)
        {
            SeriesRef series = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(round));
            using (BufferAppender appender = world.Buffer.RentAppender())
            {
                appender.Append(series, round, round);
                appender.Commit();
            }

            world.Buffer.Series.Release(series);
        }

        Assert.Equal(0, world.Buffer.Series.Count);
        world.DriveUntilAccepted(50);
        foreach (ReceivedSample sample in world.Receiver.Accepted)
        {
            Assert.Equal(QueueWorld.TextOf((int)sample.Value), sample.Series);
        }
    }

    [Fact]
    public async Task Numbers_given_away_again_are_told_apart_on_the_disk_too()
    {
        await using QueueWorld world = new() { SeriesCount = 0 };
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int round = 0; round < 50; round++)
        {
            SeriesRef series = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(round));
            using (BufferAppender appender = world.Buffer.RentAppender())
            {
                appender.Append(series, round, round);
                appender.Commit();
            }

            world.Buffer.Series.Release(series);
        }

        await world.KillAsync();
        await world.StartAsync();
        world.DriveUntilAccepted(50);
        foreach (ReceivedSample sample in world.Receiver.Accepted)
        {
            Assert.Equal(QueueWorld.TextOf((int)sample.Value), sample.Series);
        }
    }

    [Fact]
    public async Task Positions_that_cannot_be_read_send_everything_again()
    {
        await using QueueWorld world = new();
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(3);
        await world.KillAsync();
        string path = $"{QueueWorld.Folder}/positions/{PositionFile(world)}";
        world.Disk.SetContent(path, world.Disk.Content(path)[..20]);

        await world.StartAsync();
        world.DriveUntilAccepted(6);

        Delivered.AssertComplete(world, 1, maxRepeats: 3);
    }

    [Fact]
    public async Task Random_crashes_lose_nothing_and_keep_every_series_in_order()
    {
        for (int seed = 1; seed <= 12; seed++)
        {
            await CrashAtRandomAsync(new Gen(seed));
        }
    }

    private static async Task CrashAtRandomAsync(Gen gen)
    {
        const int batch = 5;
        const int shards = 2;
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with
            {
                Queue = QueueWorld.DefaultOptions.Queue with
                {
                    MinShards = shards, MaxShards = shards, MaxSamplesPerSend = batch, Capacity = 20,
                },
            },
            new BufferOptions { SegmentSizeBytes = 700 })
        {
            SeriesCount = 4,
        };
        HashSet<int> committed = [];
        int value = 0;
        int crashes = gen.Int(1, 6);
        for (int life = 0; life < crashes; life++)
        {
            world.Receiver.Answer = (_, _) => ScriptedReceiver.Status(gen.OneIn(3) ? 503 : 204);
            world.Disk.CrashAtChange = world.Disk.Changes + gen.Int(5, 120);
            try
            {
                await world.StartAsync();
                for (int step = gen.Int(5, 60); step > 0; step--)
                {
                    world.Receiver.Unreachable = gen.OneIn(4);
                    value++;
                    if (world.Scrape(value) == CommitOutcome.Written)
                    {
                        committed.Add(value);
                    }

                    world.Time.Advance(TimeSpan.FromMilliseconds(gen.Int(300)));
                }
            }
            catch (SimulatedCrashException)
            {
                // The crash came inside the commit, or while starting.
            }

            await world.KillAsync();
        }

        world.Receiver.Answer = static (_, _) => ScriptedReceiver.Status(204);
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, $"the end of {gen}");

        Dictionary<string, List<double>> bySeries = [];
        foreach (ReceivedSample sample in world.Receiver.Accepted)
        {
            bySeries.TryAdd(sample.Series, []);
            bySeries[sample.Series].Add(sample.Value);
        }

        foreach ((string series, List<double> values) in bySeries)
        {
            HashSet<double> seen = [.. values];
            Assert.True(committed.All(value => seen.Contains(value)), $"{gen}: {series} misses samples");
            Assert.True(values.Count - seen.Count <= batch * crashes, $"{gen}: {series} has {values.Count - seen.Count} repeats");
        }

        Delivered.AssertInOrder(world.Receiver.Accepted);
    }

    private static string PositionFile(QueueWorld world) =>
        Assert.Single(world.Disk.List($"{QueueWorld.Folder}/positions"), static name => name.EndsWith(".pos", StringComparison.Ordinal));
}
