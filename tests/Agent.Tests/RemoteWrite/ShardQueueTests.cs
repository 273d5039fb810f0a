using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class ShardQueueTests
{
    [Fact]
    public void A_random_history_agrees_with_a_list()
    {
        Gen gen = Gen.Create(31);
        SeriesTable table = new();
        ShardQueue queue = new(capacity: 3000, table);
        Queue<(int Number, SeriesRef Series, string Payload)> model = [];
        EntryPlace[] found = new EntryPlace[500];
        int next = 0;
        for (int step = 0; step < 2000; step++)
        {
            for (int adding = gen.Int(60); adding > 0 && queue.HasRoom(1, 400); adding--)
            {
                SeriesRef series = Held(table, gen.Text("abc", 6));
                byte[] payload = gen.OneIn(300) ? gen.Bytes(100_000) : gen.Bytes(gen.Int(30));
                queue.Add(EntryOf(next, series, payload), payload);
                model.Enqueue((next++, series, Convert.ToHexString(payload)));
            }

            queue.Publish();
            int count = queue.PeekFirst(found);
            Assert.Equal(Math.Min(found.Length, model.Count), count);
            Assert.Equal(model.Count, queue.Count);
            (int Number, SeriesRef Series, string Payload)[] expected = [.. model];
            for (int index = 0; index < count; index++)
            {
                Assert.Equal(expected[index].Number, found[index].Entry.TimestampMs);
                Assert.Equal(expected[index].Series, found[index].Entry.Series);
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

        queue.Abandon();
        List<SeriesRef> gone = [];
        table.DrainRemoved(gone);
        long bytes = table.LabelBytes;
        foreach (SeriesRef series in gone)
        {
            Held(table, $"again {series.Value}");
        }

        Assert.Equal(bytes, table.LabelBytes);
    }

    [Fact]
    public void An_entry_keeps_the_number_of_its_series_until_it_is_removed()
    {
        SeriesTable table = new();
        ShardQueue queue = new(capacity: 10, table);
        Labels labels = Labels.FromStrings("__name__", "ends");
        SeriesRef series = table.Acquire(labels);
        table.Hold(series);
        queue.Add(EntryOf(1, series, []), []);
        queue.Publish();
        table.Release(series);
        List<SeriesRef> gone = [];
        table.DrainRemoved(gone);
        Assert.Empty(gone);
        Assert.Equal(0, table.Count);

        queue.RemoveFirst(1);
        table.DrainRemoved(gone);
        Assert.Equal([series], gone);
    }

    [Fact]
    public void What_an_abandoned_queue_held_is_let_go_published_or_not()
    {
        SeriesTable table = new();
        ShardQueue queue = new(capacity: 10, table);
        queue.Add(EntryOf(1, Held(table, "a"), []), []);
        queue.Publish();
        queue.Add(EntryOf(2, Held(table, "b"), []), []);
        queue.Abandon();
        List<SeriesRef> gone = [];
        table.DrainRemoved(gone);
        Assert.Equal(2, gone.Count);
    }

    [Fact]
    public void What_is_not_published_is_not_there()
    {
        SeriesTable table = new();
        ShardQueue queue = new(capacity: 10, table);
        queue.Add(EntryOf(1, Held(table, "a"), []), []);
        Assert.Equal(0, queue.Count);
        Assert.Equal(0, queue.PeekFirst(new EntryPlace[3]));

        queue.Publish();
        Assert.Equal(1, queue.PeekFirst(new EntryPlace[3]));
    }

    [Fact]
    public async Task Who_waits_for_several_entries_is_woken_when_the_last_of_them_is_there()
    {
        SeriesTable table = new();
        ShardQueue queue = new(capacity: 10, table);
        queue.WakeAt(3);
        Publish(1);
        Publish(2);
        Task woken = queue.Added.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(woken.IsCompleted);

        Publish(3);
        await woken;

        void Publish(int entry)
        {
            queue.Add(EntryOf(entry, Held(table, $"series{entry}"), []), []);
            queue.Publish();
        }
    }

    [Fact]
    public void A_queue_is_full_by_entries_or_by_bytes_but_takes_any_entry_when_empty()
    {
        SeriesTable table = new();
        ShardQueue queue = new(capacity: 2, table);
        Assert.True(queue.HasRoom(2, 100));
        Assert.False(queue.HasRoom(3, 100));
        Assert.True(queue.HasRoom(1, 1 << 20));

        byte[] large = new byte[3000];
        queue.Add(EntryOf(1, Held(table, "a"), large), large);
        queue.Publish();
        Assert.False(queue.HasRoom(1, 1));
    }

    [Fact]
    public async Task One_thread_adds_while_another_removes()
    {
        const int total = 200_000;
        SeriesTable table = new();
        ShardQueue queue = new(capacity: 500, table);
        Task adding = Task.Run(() =>
        {
            byte[] payload = new byte[40];
            for (int number = 0; number < total;)
            {
                if (queue.HasRoom(1, payload.Length))
                {
                    BitConverter.TryWriteBytes(payload, number);
                    queue.Add(EntryOf(number, Held(table, $"{number % 100}"), payload), payload);
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
                Assert.Equal(next + index, BitConverter.ToInt32(found[index].Payload));
            }

            if (count > 0)
            {
                queue.RemoveFirst(count);
            }

            next += count;
        }

        await adding;
    }

    private static SeriesRef Held(SeriesTable table, string name)
    {
        Labels labels = Labels.FromStrings("__name__", name + "_");
        return table.Hold(labels.Blob, labels.Hash);
    }

    private static QueuedEntry EntryOf(int number, SeriesRef series, ReadOnlySpan<byte> payload) => new(
        SampleKind.Sample, series, labelsAreFinal: false, 0, number, number, new SamplePosition(1, 0, number), payload.Length);
}
