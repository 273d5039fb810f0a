using System.Text;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal;

public sealed class SegmentReaderTests
{
    private readonly WalTestLog _log = new();

    [Fact]
    public void A_segment_has_the_bytes_of_the_golden_file()
    {
        StringBuilder hex = new();
        foreach (string line in File.ReadAllLines(Oracle.TestData("wal/segment.hex")))
        {
            hex.Append(line.Split('#')[0].Replace(" ", "", StringComparison.Ordinal));
        }

        using WalWriter log = _log.Open();
        WalBatch batch = new();
        batch.Add(1, "first"u8);
        batch.Add(200, []);
        batch.Add(3, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        log.Append(batch);

        Assert.Equal(hex.ToString(), Convert.ToHexStringLower(_log.Disk.Content(WalTestLog.PathOf(1))));
    }

    [Fact]
    public void A_segment_cut_at_any_byte_of_its_last_record_loses_that_record_only()
    {
        using (WalWriter log = _log.Open())
        {
            WalTestLog.Append(log, "one", "two", "and the third, which is longer");
        }

        byte[] whole = _log.Disk.Content(WalTestLog.PathOf(1));
        int lastStart = whole.Length - SegmentHeaderLength - "and the third, which is longer".Length;
        for (int length = lastStart; length < whole.Length; length++)
        {
            _log.Disk.SetContent(WalTestLog.PathOf(1), whole[..length]);
            using WalWriter reopened = _log.Open();

            Assert.Equal(["one", "two"], _log.ReadAll());
            Assert.Equal(length == lastStart, reopened.CutTail is null);
            Assert.Equal(lastStart, _log.Disk.Content(WalTestLog.PathOf(1)).Length);
        }
    }

    /// <summary>A power cut may leave the length of a file whose bytes never reached the disk.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(300_000)]
    public void A_newest_segment_of_zeros_was_never_begun(int length)
    {
        using (WalWriter log = _log.Open())
        {
            WalTestLog.Append(log, "one");
        }

        _log.Disk.SetContent(WalTestLog.PathOf(2), new byte[length]);
        using (WalWriter reopened = _log.Open())
        {
            Assert.Equal(0, reopened.CutTail?.Offset);
            Assert.False(_log.Disk.FileExists(WalTestLog.PathOf(2)));
        }

        using WalWriter again = _log.Open();
        Assert.Null(again.CutTail);
        Assert.Equal(["one"], _log.ReadAll());
    }

    [Fact]
    public void Cutting_anywhere_keeps_every_whole_record_before_the_cut()
    {
        List<int> ends = [];
        using (WalWriter log = _log.Open())
        {
            for (int index = 0; index < 20; index++)
            {
                WalTestLog.Append(log, $"record {index}");
                ends.Add((int)log.End.Offset);
            }
        }

        byte[] whole = _log.Disk.Content(WalTestLog.PathOf(1));
        for (int length = 0; length <= whole.Length; length++)
        {
            _log.Disk.SetContent(WalTestLog.PathOf(1), whole[..length]);
            _log.Open().Dispose();

            Assert.Equal(ends.FindAll(end => end <= length).Count, _log.ReadAll().Count);
        }
    }

    [Fact]
    public void A_damaged_record_in_the_middle_is_reported_and_the_ones_behind_it_are_read()
    {
        using (WalWriter log = _log.Open())
        {
            WalTestLog.Append(log, "one", "two", "three");
        }

        byte[] whole = _log.Disk.Content(WalTestLog.PathOf(1));
        int second = 8 + SegmentHeaderLength + 3;
        for (int at = second; at < second + SegmentHeaderLength + 3; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x40;
            _log.Disk.SetContent(WalTestLog.PathOf(1), damaged);

            Assert.Equal(["one", "<Corrupt>", "three"], _log.ReadAll());
            using WalWriter reopened = _log.Open();
            Assert.Null(reopened.CutTail);
            Assert.Equal(["one", "<Corrupt>", "three"], _log.ReadAll());
        }
    }

    [Fact]
    public void The_report_names_file_offset_and_lost_bytes()
    {
        using (WalWriter log = _log.Open())
        {
            WalTestLog.Append(log, "one", "two", "three");
        }

        byte[] damaged = _log.Disk.Content(WalTestLog.PathOf(1));
        damaged[8 + SegmentHeaderLength + 3 + SegmentHeaderLength] ^= 1;
        _log.Disk.SetContent(WalTestLog.PathOf(1), damaged);
        using SegmentReader reader = SegmentReader.Open(_log.Disk, WalTestLog.PathOf(1));
        reader.Next();

        Assert.Equal(SegmentReadOutcome.Corrupt, reader.Next());
        Assert.Equal(8 + SegmentHeaderLength + 3, reader.Corruption!.Offset);
        Assert.Equal(SegmentHeaderLength + 3, reader.Corruption.LostBytes);
        Assert.Contains(WalTestLog.PathOf(1), reader.Corruption.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zeros_behind_the_last_record_are_a_torn_tail()
    {
        using (WalWriter log = _log.Open())
        {
            WalTestLog.Append(log, "one");
        }

        _log.Disk.SetContent(WalTestLog.PathOf(1), [.. _log.Disk.Content(WalTestLog.PathOf(1)), .. new byte[5000]]);

        Assert.Equal(["one", "<TornTail>"], _log.ReadAll());
    }

    [Fact]
    public void A_segment_of_another_version_is_refused_as_a_whole()
    {
        using (WalWriter log = _log.Open())
        {
            WalTestLog.Append(log, "one");
        }

        byte[] other = _log.Disk.Content(WalTestLog.PathOf(1));
        other[7] = 3;
        _log.Disk.SetContent(WalTestLog.PathOf(1), other);

        Assert.Equal(["<Corrupt>"], _log.ReadAll());
        Assert.Equal(other.Length, _log.Disk.Content(WalTestLog.PathOf(1)).Length);
    }

    [Fact]
    public void Random_damage_only_ever_loses_records()
    {
        Gen gen = Gen.Create(9);
        List<string> written = [];
        using (WalWriter log = _log.Open())
        {
            for (int index = 0; index < 30; index++)
            {
                written.Add($"record {index} {gen.Text("xyz", 60)}");
                WalTestLog.Append(log, written[^1]);
            }
        }

        byte[] whole = _log.Disk.Content(WalTestLog.PathOf(1));
        for (int round = 0; round < 1000; round++)
        {
            _log.Disk.SetContent(WalTestLog.PathOf(1), gen.Mutate(whole));
            int at = 0;
            foreach (string record in _log.ReadAll())
            {
                if (!record.StartsWith('<'))
                {
                    int found = written.IndexOf(record, at);
                    Assert.True(found >= at, $"{gen} round {round}: '{record}' was never written there");
                    at = found + 1;
                }
            }
        }
    }

    private const int SegmentHeaderLength = 13;
}
