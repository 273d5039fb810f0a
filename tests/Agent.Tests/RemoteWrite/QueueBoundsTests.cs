using System.Linq;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>What the buffer keeps for a destination, what it gives up, and what it counts of that.</summary>
public sealed class QueueBoundsTests
{
    [Fact]
    public async Task A_buffer_over_its_bound_sheds_the_oldest_and_counts_what_is_lost()
    {
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with { Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 6, MaxSamplesPerSend = 6 } },
            new BufferOptions { SegmentSizeBytes = 500, MaxBytes = 3000 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 300; value++)
        {
            world.Scrape(value);
        }

        world.Buffer.Truncator.TruncateOnce();
        Assert.True(world.Buffer.Wal.TotalBytes <= 3000);
        double lost = world.Counter("ampedge_remote_write_lost_samples_total");
        Assert.InRange(lost, 300, 900);

        world.Receiver.Unreachable = false;
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that is left");
        Assert.Equal(900, world.Receiver.AcceptedCount + lost);
        Delivered.AssertInOrder(world.Receiver.Accepted);
    }

    [Theory]
    [InlineData(3000, 0)]
    [InlineData(0, 60)]
    public async Task A_destination_over_its_own_bound_gives_the_oldest_up_for_itself_alone(int maxBytes, int maxAgeSeconds)
    {
        QueueConfig queue = QueueWorld.DefaultOptions.Queue with { Capacity = 6, MaxSamplesPerSend = 6 };
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with
            {
                Queue = queue with { BufferMaxBytes = new ByteSize(maxBytes), BufferMaxAge = TimeSpan.FromSeconds(maxAgeSeconds) },
            },
            new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        using ScriptedReceiver otherReceiver = new(world.Time) { Unreachable = true };
        using HttpMessageInvoker http = new(otherReceiver, disposeHandler: false);
        DestinationOptions other = world.Options with { Name = "other", Queue = queue };
        using QueueManager unbounded = new(
            other, world.Buffer, new WriteClient(other, http, null, world.Time), static () => [], world.Time, new Random(2),
            new MetricRegistry(), NullLogger.Instance);
        await unbounded.StartAsync(CancellationToken.None);
        for (int value = 1; value <= 300; value++)
        {
            world.Scrape(value);
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        long before = world.Buffer.Wal.TotalBytes;
        world.Buffer.Truncator.TruncateOnce();
        world.Buffer.Truncator.TruncateOnce();

        Assert.Equal(before, world.Buffer.Wal.TotalBytes);
        double lost = world.Counter($"ampedge_remote_write_lost_samples_total{{reason=\"{(maxBytes > 0 ? "max_bytes" : "max_age")}\"");
        Assert.InRange(lost, 300, 870);
        Assert.Equal(lost, world.Counter("ampedge_remote_write_lost_samples_total"));

        world.Receiver.Unreachable = false;
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that is left");
        Assert.Equal(900, world.Receiver.AcceptedCount + lost);
        Delivered.AssertInOrder(world.Receiver.Accepted);

        otherReceiver.Unreachable = false;
        world.Drive(() => unbounded is { IsLive: true, Pending: 0 }, "everything at the other destination");
        Assert.Equal(900, otherReceiver.AcceptedCount);
        Task stopping = unbounded.StopAsync(CancellationToken.None);
        world.Drive(() => stopping.IsCompleted, "the end of the other destination");
        await stopping;
    }

    [Fact]
    public async Task What_a_destination_gave_up_is_deleted_when_nobody_else_needs_it()
    {
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with
            {
                Queue = QueueWorld.DefaultOptions.Queue with
                {
                    Capacity = 6, MaxSamplesPerSend = 6, BufferMaxBytes = new ByteSize(3000),
                },
            },
            new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 300; value++)
        {
            world.Scrape(value);
        }

        world.Buffer.Truncator.TruncateOnce();

        Assert.InRange(world.Buffer.Wal.TotalBytes, 2000, 3000);
    }

    [Fact]
    public async Task A_full_disk_sheds_the_oldest_and_goes_on()
    {
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with { Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 6, MaxSamplesPerSend = 6 } },
            new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        world.Disk.CapacityBytes = 5000;
        for (int value = 1; value <= 300; value++)
        {
            Assert.Equal(CommitOutcome.Written, world.Scrape(value));
        }

        double lost = world.Counter("ampedge_remote_write_lost_samples_total");
        Assert.InRange(lost, 300, 900);
        world.Receiver.Unreachable = false;
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that is left");
        Assert.Equal(900, world.Receiver.AcceptedCount + lost);
    }

    [Fact]
    public async Task What_a_stopped_destination_did_not_deliver_is_kept_until_it_comes_back()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
        }

        // As in a graceful stop, or a reload: the destination goes first, and the buffer tidies up behind it.
        await world.StopQueueAsync();
        world.Buffer.Truncator.TruncateOnce();
        await world.StopAsync();
        world.OpenBuffer();
        world.Buffer.Truncator.TruncateOnce();
        await world.StopAsync();
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.DriveUntilAccepted(300);

        Delivered.AssertComplete(world, 100, maxRepeats: 0);
    }

    [Fact]
    public async Task A_destination_that_is_not_configured_any_more_holds_nothing_back()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
        }

        await world.StopQueueAsync();
        world.Buffer.KeepOnly(["another"]);
        world.Buffer.Truncator.TruncateOnce();

        Assert.Single(world.Buffer.Wal.Segments());
        Assert.DoesNotContain(
            world.Disk.List($"{QueueWorld.Folder}/positions"), static name => name.EndsWith(".pos", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delivered_segments_are_deleted()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 500 });
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
        }

        world.DriveUntilAccepted(300);
        world.Drive(() => world.Queue.Pending == 0, "an empty queue");
        world.Buffer.Truncator.TruncateOnce();

        Assert.Single(world.Buffer.Wal.Segments());
        Assert.Equal(0, world.Counter("ampedge_remote_write_lost_samples_total"));
    }
}
