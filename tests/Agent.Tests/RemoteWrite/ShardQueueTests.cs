using System.Text;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class ShardQueueTests
{
    [Fact]
    public void A_random_history_agrees_with_a_list()
    {
        Gen gen = Gen.Create(31);
        ShardQueue queue = new(capacity: 3000);
        Queue<(int Number, string Labels, string Payload)> model = [];
        EntryPlace[] found = new EntryPlace[500];
        int next = 0;
        for (int step = 0; step < 2000; step++)
        {
            for (int adding = gen.Int(60); adding > 0 && queue.HasRoom(1, 400); adding--)
            {
                byte[] labels = Encoding.UTF8.GetBytes(gen.Text("abc", 200));
                byte[] payload = gen.OneIn(300) ? gen.Bytes(100_000) : gen.Bytes(gen.Int(30));
                queue.Add(EntryOf(next, labels, payload), labels, payload);
                model.Enqueue((next++, Encoding.UTF8.GetString(labels), Convert.ToHexString(payload)));
            }

            queue.Publish();
            int count = queue.PeekFirst(found);
            Assert.Equal(Math.Min(found.Length, model.Count), count);
            Assert.Equal(model.Count, queue.Count);
            (int Number, string Labels, string Payload)[] expected = [.. model];
            for (int index = 0; index < count; index++)
            {
                Assert.Equal(expected[index].Number, found[index].Entry.TimestampMs);
                Assert.Equal(expected[index].Labels, Encoding.UTF8.GetString(found[index].Labels));
                Assert.Equal(expected[index].Payload, Convert.ToHexString(found[index].Payload));
            }

            int removed = count == 0 ? 0 : gen.Int(count + 1);
            if (removed > 0)
            {
                queue.RemoveFirst(removed);
            }

            for (int index = 0; index < removed; index++)
            {
                model.Dequeue();
            }

            SamplePosition expectedPosition = new(1, 0, model.Count > 0 ? model.Peek().Number : next);
            Assert.Equal(expectedPosition, queue.Progress(default));
        }
    }

    [Fact]
    public void What_is_not_published_is_not_there()
    {
        ShardQueue queue = new(capacity: 10);
        queue.Add(EntryOf(1, "a"u8, []), "a"u8, []);
        Assert.Equal(0, queue.Count);
        Assert.Equal(0, queue.PeekFirst(new EntryPlace[3]));

        queue.Publish();
        Assert.Equal(1, queue.PeekFirst(new EntryPlace[3]));
    }

    [Fact]
    public void A_queue_is_full_by_entries_or_by_bytes_but_takes_any_entry_when_empty()
    {
        ShardQueue queue = new(capacity: 2);
        Assert.True(queue.HasRoom(2, 100));
        Assert.False(queue.HasRoom(3, 100));
        Assert.True(queue.HasRoom(1, 1 << 20));

        byte[] large = new byte[3000];
        queue.Add(EntryOf(1, large, []), large, []);
        queue.Publish();
        Assert.False(queue.HasRoom(1, 1));
    }

    [Fact]
    public async Task One_thread_adds_while_another_removes()
    {
        const int total = 200_000;
        ShardQueue queue = new(capacity: 500);
        Task adding = Task.Run(() =>
        {
            byte[] labels = new byte[40];
            for (int number = 0; number < total;)
            {
                if (queue.HasRoom(1, labels.Length))
                {
                    BitConverter.TryWriteBytes(labels, number);
                    queue.Add(EntryOf(number, labels, []), labels, []);
                    number++;
                }

                queue.Publish();
            }
        });
        EntryPlace[] found = new EntryPlace[100];
        for (int next = 0; next < total;)
        {
            int count = queue.PeekFirst(found);
            for (int index = 0; index < count; index++)
            {
                Assert.Equal(next + index, found[index].Entry.TimestampMs);
                Assert.Equal(next + index, BitConverter.ToInt32(found[index].Labels));
            }

            if (count > 0)
            {
                queue.RemoveFirst(count);
            }

            next += count;
        }

        await adding;
    }

    private static QueuedEntry EntryOf(int number, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> payload) => new(
        SampleKind.Sample, new SeriesLabels(labels, 1, areFinal: false), number, number, new SamplePosition(1, 0, number),
        labels.Length, payload.Length);
}
