using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal;

public sealed class WalWriterTests
{
    private readonly WalTestLog _log = new();

    [Fact]
    public void Records_come_back_in_order_across_segments_and_restarts()
    {
        List<string> written = [];
        for (int life = 0; life < 4; life++)
        {
            using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 200 });
            for (int index = 0; index < 25; index++)
            {
                written.Add($"life {life} record {index}");
                WalTestLog.Append(log, written[^1]);
            }
        }

        Assert.Equal(written, _log.ReadAll());
        Assert.True(SegmentFolder.List(_log.Disk, WalTestLog.Folder).Count > 8);
    }

    [Fact]
    public void A_batch_is_never_split_over_two_segments()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 100 });
        for (int index = 0; index < 10; index++)
        {
            WalPosition start = WalTestLog.Append(log, "aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccccccccccc");

            Assert.Equal(start.Segment, log.End.Segment);
        }
    }

    [Fact]
    public void The_segment_that_was_reserved_takes_the_batch()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 100 });
        for (int index = 0; index < 20; index++)
        {
            SegmentIndex reserved = log.ReserveSegment(40);

            Assert.Equal(reserved, WalTestLog.Append(log, "twenty-seven bytes of it...").Segment);
        }
    }

    [Fact]
    public void Opening_alone_leaves_no_segment_behind()
    {
        for (int life = 0; life < 5; life++)
        {
            _log.Open().Dispose();
        }

        Assert.Empty(SegmentFolder.List(_log.Disk, WalTestLog.Folder));
    }

    [Fact]
    public void A_number_that_is_remembered_does_not_come_again()
    {
        using WalWriter log = _log.Open(new WalOptions { MinNextSegment = new SegmentIndex(41) });

        Assert.Equal(41, WalTestLog.Append(log, "one").Segment.Value);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 0)]
    [InlineData(20, 0)]
    [InlineData(7, 1)]
    public void A_short_write_loses_its_own_batch_only(int keptBytes, int failingCuts)
    {
        using WalWriter log = _log.Open();
        WalTestLog.Append(log, "before");
        _log.Disk.FailingWrites = 1;
        _log.Disk.ShortWriteBytes = keptBytes;
        _log.Disk.FailingCuts = failingCuts;

        Assert.Throws<IOException>(() => WalTestLog.Append(log, "failing", "batch"));
        WalTestLog.Append(log, "after");

        List<string> found = _log.ReadAll();
        found.RemoveAll(static entry => entry == "<TornTail>");
        Assert.Equal(["before", "after"], found);
        Assert.Equal(failingCuts == 1 ? 2 : 1, log.End.Segment.Value);
    }

    [Fact]
    public void A_full_disk_is_an_error_until_there_is_room_again()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 100 });
        WalTestLog.Append(log, "before");
        _log.Disk.CapacityBytes = _log.Disk.UsedBytes + 10;

        Assert.Throws<DiskFullException>(() => WalTestLog.Append(log, "no room for this"));
        Assert.Throws<DiskFullException>(() => WalTestLog.Append(log, new string('x', 90)));
        _log.Disk.CapacityBytes = long.MaxValue;
        WalTestLog.Append(log, "after");

        Assert.Equal(["before", "after"], _log.ReadAll());
    }

    [Fact]
    public void After_a_failed_sync_the_log_goes_on_in_a_new_segment()
    {
        using WalWriter log = _log.Open();
        WalTestLog.Append(log, "before");
        _log.Disk.FailingSyncs = 1;

        WalSyncException failure = Assert.Throws<WalSyncException>(log.Sync);
        Assert.Equal(1, failure.Segment.Value);
        WalTestLog.Append(log, "after");
        log.Sync();

        Assert.Equal(2, log.End.Segment.Value);
        Assert.Equal(log.End, log.SyncedEnd);
        Assert.Equal(["before", "after"], _log.ReadAll());
    }

    [Fact]
    public void What_was_synced_survives_a_power_cut_and_the_rest_is_cut_clean()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Gen gen = new(seed);
            WalTestLog log = new();
            WalWriter writer = log.Open(new WalOptions { SegmentSizeBytes = 3000 });
            List<string> written = [];
            int synced = 0;
            for (int index = gen.Int(40); index > 0; index--)
            {
                written.Add($"record {written.Count} {gen.Text("abcdef", 600)}");
                WalTestLog.Append(writer, written[^1]);
                if (gen.OneIn(5))
                {
                    writer.Sync();
                    synced = written.Count;
                }
            }

            log.Disk.CutPower(gen);
            log.Open().Dispose();
            List<string> found = log.ReadAll();
            found.RemoveAll(static entry => entry.StartsWith('<'));
            Assert.True(found.Count >= synced, $"{gen}: {synced} were synced, {found.Count} are there");
            Assert.Equal(written[..synced], found[..synced]);
        }
    }

    [Fact]
    public void Syncing_every_append_leaves_nothing_to_lose()
    {
        WalWriter log = _log.Open(new WalOptions { SyncEveryAppend = true });
        WalTestLog.Append(log, "one");
        WalTestLog.Append(log, "two");
        _log.Disk.CutPower(Gen.Create(10));

        Assert.Equal(["one", "two"], _log.ReadAll());
    }

    [Fact]
    public async Task Who_waits_while_a_sync_fails_is_not_told_that_his_records_are_on_the_disk()
    {
        using WalWriter log = _log.Open(new WalOptions { SyncEveryAppend = true });
        WalTestLog.Append(log, "safe");
        WalPosition safe = log.End;
        Task<WalPosition>? waiting = null;
        _log.Disk.FailingSyncs = 1;
        _log.Disk.Syncing = () =>
        {
            // The second append gets into the same segment and then waits for the sync that is about to fail.
            _log.Disk.Syncing = null;
            WalPosition before = log.End;
            waiting = Task.Run(() => WalTestLog.Append(log, "second"), TestContext.Current.CancellationToken);
            Assert.True(SpinWait.SpinUntil(() => log.End > before, TimeSpan.FromSeconds(20)));
        };

        Assert.Throws<WalSyncException>(() => WalTestLog.Append(log, "first"));
        Assert.NotNull(waiting);
        await Assert.ThrowsAsync<WalSyncException>(() => waiting);

        Assert.Equal(safe, log.SyncedEnd);
        WalTestLog.Append(log, "third");
        Assert.Equal(log.End, log.SyncedEnd);
        log.Sync();
        Assert.Equal(["safe", "first", "second", "third"], _log.ReadAll());
    }

    [Fact]
    public void The_oldest_segments_can_be_deleted_while_the_log_is_open()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 60 });
        for (int index = 0; index < 6; index++)
        {
            WalTestLog.Append(log, $"a record that fills a segment, {index}");
        }

        long before = log.TotalBytes;
        long freed = log.DeleteBefore(new SegmentIndex(4));

        Assert.Equal(before - freed, log.TotalBytes);
        Assert.Equal(3, _log.ReadAll().Count);
        Assert.Equal(0, log.DeleteBefore(new SegmentIndex(1)));
        log.DeleteBefore(new SegmentIndex(100));
        Assert.Single(_log.ReadAll());
    }

    [Fact]
    public void A_segment_that_the_disk_does_not_let_go_is_deleted_by_a_later_call()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 60 });
        for (int index = 0; index < 6; index++)
        {
            WalTestLog.Append(log, $"a record that fills a segment, {index}");
        }

        long before = log.TotalBytes;
        _log.Disk.FailingDeletes = 1;
        Assert.Throws<IOException>(() => log.DeleteBefore(new SegmentIndex(4)));
        Assert.Equal(before, log.TotalBytes);
        Assert.Equal(6, log.Segments().Count);

        log.DeleteBefore(new SegmentIndex(4));
        Assert.Equal(3, log.Segments().Count);
        Assert.Equal(3, _log.ReadAll().Count);
    }

    [Fact]
    public async Task Concurrent_appends_and_syncs_keep_every_record()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 4000 });
        Task[] writers = new Task[4];
        for (int writer = 0; writer < writers.Length; writer++)
        {
            int own = writer;
            writers[writer] = Task.Run(() =>
            {
                for (int index = 0; index < 200; index++)
                {
                    WalTestLog.Append(log, $"{own}:{index}");
                    if (index % 20 == 0)
                    {
                        log.Sync();
                    }
                }
            }, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(writers);
        List<string> found = _log.ReadAll();
        Assert.Equal(800, found.Count);
        for (int writer = 0; writer < writers.Length; writer++)
        {
            List<string> own = found.FindAll(entry => entry.StartsWith($"{writer}:", StringComparison.Ordinal));
            Assert.Equal(200, own.Count);
            Assert.Equal($"{writer}:0", own[0]);
            Assert.Equal($"{writer}:199", own[^1]);
        }
    }

    [Fact]
    public void A_folder_on_the_real_disk_works_the_same()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        DiskFileSystem disk = new();
        try
        {
            using (WalWriter log = WalWriter.Open(disk, folder, new WalOptions { SegmentSizeBytes = 100 }))
            {
                WalTestLog.Append(log, "one");
                WalTestLog.Append(log, "two");
                log.Sync();
            }

            using WalWriter reopened = WalWriter.Open(disk, folder, new WalOptions());
            using LiveReader reader = new(disk, reopened, default);
            Assert.Equal(LiveReadOutcome.SegmentGone, reader.Next());
            Assert.Equal(LiveReadOutcome.Record, reader.Next());
            Assert.Equal("one"u8.ToArray(), reader.Payload.ToArray());
            Assert.Equal(LiveReadOutcome.Record, reader.Next());
            Assert.Equal(LiveReadOutcome.CaughtUp, reader.Next());
            using IDisposable? held = disk.TryLock(Path.Combine(folder, "lock"));
            Assert.NotNull(held);
            Assert.Null(disk.TryLock(Path.Combine(folder, "lock")));
        }
        finally
        {
            disk.DeleteFolder(folder);
        }
    }
}
