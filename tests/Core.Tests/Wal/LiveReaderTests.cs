using System.Text;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal;

public sealed class LiveReaderTests
{
    private readonly WalTestLog _log = new();

    [Fact]
    public void Records_are_seen_as_they_are_appended_across_segments()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 80 });
        using LiveReader reader = new(_log.Disk, log, new WalPosition(SegmentIndex.First, 0));
        Assert.Equal(LiveReadOutcome.CaughtUp, reader.Next());
        for (int index = 0; index < 30; index++)
        {
            WalTestLog.Append(log, $"record {index}");
            Assert.False(reader.IsCaughtUp);
            if (index % 3 == 0)
            {
                continue;
            }

            while (reader.Next() == LiveReadOutcome.Record)
            {
                Assert.StartsWith("record ", Encoding.UTF8.GetString(reader.Payload), StringComparison.Ordinal);
            }

            Assert.Equal($"record {index}", Encoding.UTF8.GetString(reader.Payload));
            Assert.True(reader.IsCaughtUp);
        }
    }

    [Fact]
    public void Reading_goes_on_from_a_position_after_a_restart()
    {
        WalPosition middle;
        using (WalWriter log = _log.Open())
        {
            WalTestLog.Append(log, "one");
            middle = log.End;
            WalTestLog.Append(log, "two");
        }

        using WalWriter reopened = _log.Open();
        WalTestLog.Append(reopened, "three");
        using LiveReader reader = new(_log.Disk, reopened, middle);

        Assert.Equal(["two", "three"], Drain(reader));
        Assert.Equal(reopened.End, reader.Position);
    }

    [Fact]
    public void A_segment_that_was_deleted_is_reported_and_the_next_one_read()
    {
        using WalWriter log = _log.Open(new WalOptions { SegmentSizeBytes = 40 });
        for (int index = 0; index < 4; index++)
        {
            WalTestLog.Append(log, $"record number {index}");
        }

        log.DeleteBefore(new SegmentIndex(3));
        using LiveReader reader = new(_log.Disk, log, new WalPosition(SegmentIndex.First, 0));

        Assert.Equal(LiveReadOutcome.SegmentGone, reader.Next());
        Assert.Equal(["record number 2", "record number 3"], Drain(reader));
    }

    [Fact]
    public void The_remains_of_a_failed_write_are_never_seen()
    {
        using WalWriter log = _log.Open();
        using LiveReader reader = new(_log.Disk, log, new WalPosition(SegmentIndex.First, 0));
        WalTestLog.Append(log, "before");
        _log.Disk.FailingWrites = 1;
        _log.Disk.ShortWriteBytes = 10;
        _log.Disk.FailingCuts = 1;
        Assert.Throws<IOException>(() => WalTestLog.Append(log, "failing"));
        WalTestLog.Append(log, "after");

        Assert.Equal(["before", "after"], Drain(reader));
    }

    private static List<string> Drain(LiveReader reader)
    {
        List<string> found = [];
        while (reader.Next() == LiveReadOutcome.Record)
        {
            found.Add(Encoding.UTF8.GetString(reader.Payload));
        }

        return found;
    }
}
