using System.Linq;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>
/// Everything at once: a destination that answers anything, processes killed at any change of the disk, clocks that jump. What was
/// committed arrives, unless a bound said otherwise, and every series in order.
/// </summary>
public sealed class ChaosTests
{
    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    [InlineData(105)]
    [InlineData(106)]
    public async Task Nothing_is_lost_or_reordered_by_a_flapping_destination_kills_and_clocks_that_jump(int seed)
    {
        Gen gen = Gen.Create(seed);
        await using QueueWorld world = NewWorld(gen);
        HashSet<int> committed = [];
        int value = 0;
        int lives = gen.Int(2, 6);
        for (int life = 0; life < lives; life++)
        {
            world.Receiver.Answer = (request, _) => SomeAnswer(gen, request);
            world.Disk.CrashAtChange = gen.Bool() ? world.Disk.Changes + gen.Int(20, 300) : 0;
            try
            {
                await world.StartAsync();
                for (int step = gen.Int(20, 80); step > 0; step--)
                {
                    world.Receiver.Unreachable = gen.OneIn(5);
                    if (world.Scrape(++value) == CommitOutcome.Written)
                    {
                        committed.Add(value);
                    }

                    world.Time.Advance(TimeSpan.FromMilliseconds(gen.Int(2000)));
                    if (gen.OneIn(20))
                    {
                        // A step of the wall clock, back or forth; the samples' own times are the scrape's.
                        world.Time.Jump(TimeSpan.FromSeconds(gen.Int(-3600, 3600)));
                    }
                }
            }
            catch (SimulatedCrashException)
            {
                // The crash came inside a commit, or while starting.
            }

            await world.KillAsync();
        }

        world.Receiver.Answer = static (request, _) => Taken(request);
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, $"the end of {gen}", stepMs: 1000);

        AssertWhole(world, committed, gen);
        Delivered.AssertInOrder(world.Receiver.Accepted);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(203)]
    public async Task A_disk_that_fills_up_and_is_freed_again_loses_what_is_counted_and_recovers_alone(int seed)
    {
        Gen gen = Gen.Create(seed);
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with { Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 9, MaxSamplesPerSend = 9 } },
            new BufferOptions { SegmentSizeBytes = 800 });
        await world.StartAsync();
        int scrapes = 0;
        for (int round = 0; round < 12; round++)
        {
            world.Disk.CapacityBytes = gen.OneIn(3) ? gen.Int(6000) : long.MaxValue;
            world.Receiver.Unreachable = gen.Bool();
            for (int step = gen.Int(10, 60); step > 0; step--)
            {
                world.Scrape(++scrapes);
                world.Time.Advance(TimeSpan.FromMilliseconds(300));
            }
        }

        world.Disk.CapacityBytes = long.MaxValue;
        world.Receiver.Unreachable = false;
        Assert.Equal(CommitOutcome.Written, world.Scrape(++scrapes));
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, $"the end of {gen}");

        double lost = world.Counter("ampedge_remote_write_lost_samples_total")
            + world.Counter("ampedge_buffer_samples_lost_total");
        Assert.True(lost > 0, $"{gen}: the disk was never full");
        Assert.Equal(3.0 * scrapes, new HashSet<ReceivedSample>(world.Receiver.Accepted).Count + lost);
        Delivered.AssertInOrder(world.Receiver.Accepted);
    }

    private static QueueWorld NewWorld(Gen gen)
    {
        int shards = gen.Int(1, 4);
        return new QueueWorld(
            QueueWorld.DefaultOptions with
            {
                Protocol = gen.Bool() ? WriteProtocol.V2 : WriteProtocol.V1,
                Queue = QueueWorld.DefaultOptions.Queue with
                {
                    MinShards = shards, MaxShards = shards, MaxSamplesPerSend = gen.Int(3, 30), Capacity = gen.Int(30, 100),
                },
            },
            new BufferOptions
            {
                SegmentSizeBytes = gen.Int(500, 3000), Cipher = gen.Bool() ? new SegmentCipher(new byte[32]) : null,
            })
        {
            SeriesCount = gen.Int(1, 8),
        };
    }

    /// <summary>Any answer after which nothing may be dropped.</summary>
    private static HttpResponseMessage SomeAnswer(Gen gen, ReceivedRequest request) => gen.Int(12) switch
    {
        0 => ScriptedReceiver.Status(500),
        1 => ScriptedReceiver.Status(503, "", "2"),
        2 => ScriptedReceiver.Status(429, "ingestion rate limit (10) exceeded while adding 5 samples and 0 metadata"),
        3 => ScriptedReceiver.Status(429, "{\"message\":\"Rate exceeded\"}", "1"),
        4 => ScriptedReceiver.Status(401),
        5 => ScriptedReceiver.Status(403, "{\"message\":\"The security token included in the request is expired\"}"),
        6 => throw new HttpRequestException("connection reset"),
        // A sample that is too large alone is dropped for good reason.
        7 when request.Samples.Count > 1 => ScriptedReceiver.Status(413),
        _ => Taken(request),
    };

    private static HttpResponseMessage Taken(ReceivedRequest request) => ScriptedReceiver.Written(200, request.Samples.Count);

    private static void AssertWhole(QueueWorld world, HashSet<int> committed, Gen gen)
    {
        ILookup<string, double> bySeries = world.Receiver.Accepted.ToLookup(static sample => sample.Series, static sample => sample.Value);
        for (int series = 0; series < world.SeriesCount; series++)
        {
            HashSet<double> seen = [.. bySeries[QueueWorld.TextOf(series)]];
            int[] missing = [.. committed.Where(value => !seen.Contains(value))];
            Assert.True(missing.Length == 0, $"{gen}: series {series} misses {string.Join(' ', missing)} of {committed.Count}");
        }
    }
}
