using System.Linq;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>Delivery from an encrypted buffer, from a damaged one, and how much of a large one a start reads.</summary>
public sealed class BufferKindsTests
{
    private static readonly BufferOptions s_small = new() { SegmentSizeBytes = 600 };

    [Fact]
    public async Task An_encrypted_buffer_delivers_everything_after_a_kill_and_what_was_plain_before()
    {
        await using QueueWorld world = new(bufferOptions: s_small);
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 20; value++)
        {
            world.Scrape(value);
        }

        await world.KillAsync();
        world.BufferOptions = s_small with { Cipher = new SegmentCipher(new byte[32]) };
        await world.StartAsync();
        for (int value = 21; value <= 40; value++)
        {
            world.Scrape(value);
        }

        await world.KillAsync();
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.DriveUntilAccepted(120);
        world.Scrape(41);
        world.DriveUntilAccepted(123);

        Delivered.AssertInOrder(world.Receiver.Accepted);
        Assert.Equal(0, world.Counter("ampedge_remote_write_lost_samples_total"));
    }

    [Fact]
    public async Task A_damaged_record_in_the_middle_is_skipped_and_counted_and_the_rest_arrives()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 1 << 20 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 50; value++)
        {
            world.Scrape(value);
        }

        await world.KillAsync();
        string path = $"{QueueWorld.Folder}/segments/00000001.wal";
        byte[] content = world.Disk.Content(path);
        content[content.Length / 2] ^= 0xFF;
        world.Disk.SetContent(path, content);
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that can be read");

        Assert.Equal(147, world.Receiver.AcceptedCount);
        Assert.InRange(world.Counter("ampedge_remote_write_corrupt_bytes_total"), 30, 60);
    }

    [Fact]
    public async Task Samples_whose_series_description_is_damaged_are_counted_as_lost()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 1 << 20 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        world.Scrape(1);
        SeriesRef late = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(7));
        using (BufferAppender appender = world.Buffer.RentAppender())
        {
            appender.Append(late, 5, 5);
            appender.Commit();
        }

        await world.KillAsync();

        // The first description stands right behind the segment's start record.
        string path = $"{QueueWorld.Folder}/segments/00000001.wal";
        byte[] content = world.Disk.Content(path);
        content[8 + 13 + 6 + 13 + 5] ^= 0xFF;
        world.Disk.SetContent(path, content);
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that can be read");

        Assert.Equal([QueueWorld.TextOf(7)], world.Receiver.Accepted.Select(static sample => sample.Series));
        Assert.Equal(3, world.Counter("ampedge_remote_write_lost_samples_total{reason=\"damaged\""));
    }

    [Fact]
    public async Task What_a_start_reads_does_not_grow_with_the_buffer()
    {
        List<long> read = [];
        foreach (int scrapes in (int[])[30, 600])
        {
            await using QueueWorld world = new(bufferOptions: s_small);
            world.Receiver.Unreachable = true;
            await world.StartAsync();
            for (int value = 1; value <= scrapes; value++)
            {
                world.Scrape(value);
            }

            await world.KillAsync();
            long before = world.Disk.ReadBytes;
            world.OpenBuffer();
            read.Add(world.Disk.ReadBytes - before);
        }

        Assert.InRange(read[1], 1, read[0] + 200);
    }

    [Fact]
    public async Task A_buffer_in_memory_delivers_what_waited_while_the_destination_was_away()
    {
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with { Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 6, MaxSamplesPerSend = 6 } },
            new BufferOptions { Mode = BufferMode.Memory, SegmentSizeBytes = 600, MaxBytes = 3000 });
        world.UseMemory();
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 300; value++)
        {
            world.Scrape(value);
            world.Buffer.Truncator.TruncateOnce();
        }

        Assert.True(world.Buffer.Wal.TotalBytes <= 3600);
        double lost = world.Counter("ampedge_remote_write_lost_samples_total{reason=\"max_bytes\"");
        Assert.InRange(lost, 300, 900);
        world.Receiver.Unreachable = false;
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that is left");

        Assert.Equal(900, world.Receiver.AcceptedCount + lost);
        Assert.Equal(0, world.Disk.UsedBytes);
    }
}
