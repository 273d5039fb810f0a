using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Compaction;

public sealed class HeadCutTests
{
    private const long Minute = 60_000;

    private static readonly Labels s_up = Labels.FromStrings("__name__", "up");

    private static readonly DatabaseOptions s_options = TestDatabase.Options with
    {
        ChunkRange = TimeSpan.FromMinutes(10),
        Retention = TimeSpan.FromDays(1),
        SegmentBytes = 4096,
    };

    [Fact]
    public void A_head_is_cut_when_it_spans_one_and_a_half_ranges_and_not_before()
    {
        using TestDatabase test = new(options: s_options);
        for (int minute = 0; minute <= 15; minute++)
        {
            Assert.Equal(AppendOutcome.Appended, test.Append(s_up, minute * Minute, minute));
            test.Database.Maintain();
        }

        Assert.Equal(0, test.Database.UpkeepStats().Blocks);
        test.Append(s_up, 16 * Minute, 16);
        string before = test.Dump();
        test.Database.Maintain();

        UpkeepStats stats = test.Database.UpkeepStats();
        Assert.Equal(1, stats.Blocks);
        Assert.Equal(1, stats.HeadTruncations);
        Assert.Equal(10 * Minute, test.Database.Stats().MinTimeMs);
        Assert.Equal(0, stats.LowestTimeMs);
        Assert.Equal(before, test.Dump());
    }

    [Fact]
    public void What_is_in_a_block_is_too_old_for_the_head_also_after_a_restart()
    {
        FaultyFileSystem files = new();
        TestDatabase test = Cut(files);
        Labels other = Labels.FromStrings("__name__", "other");
        Assert.Equal(AppendOutcome.TooOld, test.Append(other, (10 * Minute) - 1, 1));
        Assert.Equal(AppendOutcome.Appended, test.Append(other, 10 * Minute, 1));
        string before = test.Dump();
        test.Kill();

        using TestDatabase again = new(files, s_options);
        Assert.Equal(before, again.Dump());
        Assert.Equal(AppendOutcome.TooOld, again.Append(Labels.FromStrings("__name__", "third"), (10 * Minute) - 1, 1));
    }

    [Fact]
    public void A_request_that_began_before_the_cut_brings_nothing_that_belongs_before_its_end()
    {
        using TestDatabase test = new(options: s_options);
        for (int minute = 0; minute <= 16; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        Labels other = Labels.FromStrings("__name__", "other");
        using Appender appender = test.Database.NewAppender();
        Assert.Equal(AppendOutcome.Appended, appender.Append(TestDatabase.Series(appender, other), 5 * Minute, 1));
        Assert.Equal(AppendOutcome.Appended, appender.Append(TestDatabase.Series(appender, other), 12 * Minute, 1));
        test.Database.Maintain();
        CommitResult result = appender.Commit();
        Assert.Equal((1, 1, AppendOutcome.TooOld), (result.Appended, result.Refused, result.FirstRefusal));
        Assert.Contains($"other {12 * Minute}=", test.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_stay_in_the_head_as_long_as_a_query_that_began_before_the_cut_reads_it()
    {
        using TestDatabase test = new(options: s_options);
        for (int minute = 0; minute <= 16; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        string before = test.Dump();
        using (DatabaseQuerier querier = test.Database.NewQuerier())
        {
            test.Database.Maintain();
            Assert.Equal(1, test.Database.UpkeepStats().Blocks);
            Assert.Equal(0, test.Database.Stats().MinTimeMs);
            Assert.Equal(before, TestDatabase.Dump(querier, [], long.MinValue, long.MaxValue));
            Assert.Equal(before, test.Dump());
        }

        test.Database.Maintain();
        Assert.Equal(10 * Minute, test.Database.Stats().MinTimeMs);
        Assert.Equal(before, test.Dump());
    }

    [Fact]
    public void Log_segments_go_once_everything_in_them_is_in_blocks()
    {
        FaultyFileSystem files = new();
        using TestDatabase test = new(files, s_options);
        long most = 0;
        for (int minute = 0; minute <= 200; minute++)
        {
            for (int series = 0; series < 20; series++)
            {
                test.Append(Labels.FromStrings("__name__", "m", "n", $"{series}"), minute * Minute, minute);
            }

            test.Database.Maintain();
            most = Math.Max(most, test.Database.Stats().LogBytes);
        }

        // 20 minutes of samples and what describes their series.
        Assert.True(most < 100_000, $"{most} bytes");
        Assert.True(test.Database.Stats().LogTruncations > 10);
        Assert.Equal(20 * 201, test.Dump().AsSpan().Count(' '));
    }

    [Fact]
    public void Samples_out_of_order_that_come_after_a_cut_are_in_the_next_one()
    {
        FaultyFileSystem files = new();
        TestDatabase test = new(files, s_options);
        for (int minute = 0; minute <= 16; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        test.Database.Maintain();
        Assert.Equal(10 * Minute, test.Database.Stats().MinTimeMs);
        test.Database.OutOfOrderWindow = TimeSpan.FromHours(1);
        Assert.Equal(AppendOutcome.Appended, test.Append(s_up, (5 * Minute) + 1, 55));
        Assert.Equal(AppendOutcome.Appended, test.Append(Labels.FromStrings("__name__", "new"), 6 * Minute, 66));
        string before = test.Dump();
        Assert.Contains($" {(5 * Minute) + 1}=404b800000000000", before, StringComparison.Ordinal);
        test.Kill();

        using TestDatabase again = new(files, s_options);
        Assert.Equal(before, again.Dump());
        Assert.Equal(5 * Minute, again.Database.Stats().MinTimeMs / Minute * Minute);
        for (int minute = 17; minute <= 26; minute++)
        {
            again.Append(s_up, minute * Minute, minute);
        }

        before = again.Dump();
        again.Database.Maintain();
        Assert.Equal(before, again.Dump());
        Assert.True(again.Database.Stats().MinTimeMs >= 20 * Minute, $"{again.Database.Stats()} {again.Database.UpkeepStats()}");
        Assert.Equal(1, again.Database.UpkeepStats().VerticalCompactions);
    }

    [Fact]
    public void A_full_disk_makes_no_block_and_loses_none_and_room_lets_it_go_on()
    {
        FaultyFileSystem files = new();
        using TestDatabase test = new(files, s_options);
        for (int minute = 0; minute <= 16; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        string before = test.Dump();
        files.CapacityBytes = files.UsedBytes + 200;
        Assert.Throws<AmpEdge.Wal.DiskFullException>(test.Database.Maintain);
        Assert.Equal(before, test.Dump());
        Assert.Equal(1, test.Database.UpkeepStats().HeadTruncationsFailed);
        Assert.DoesNotContain(files.List(TestDatabase.Folder), static name => name.EndsWith(".tmp-for-creation", StringComparison.Ordinal));

        files.CapacityBytes = long.MaxValue;
        test.Database.Maintain();
        Assert.Equal(1, test.Database.UpkeepStats().Blocks);
        Assert.Equal(before, test.Dump());
    }

    [Fact]
    public void A_damaged_note_of_where_the_head_starts_costs_nothing_and_is_reported()
    {
        FaultyFileSystem files = new();
        TestDatabase test = Cut(files);
        string before = test.Dump();
        test.Kill();
        byte[] note = files.Content(TestDatabase.Folder + "/head.start");
        Assert.Equal("4145485301" + "00000000000927C0" + "00000002", Convert.ToHexString(note.AsSpan(0, 17)));
        note[9] ^= 1;
        files.SetContent(TestDatabase.Folder + "/head.start", note);

        using TestDatabase again = new(files, s_options);
        Assert.Equal(before, again.Dump());
        Assert.Contains("head.start cannot be read", Assert.Single(again.Database.Replay.Damages), StringComparison.Ordinal);
    }

    private static TestDatabase Cut(FaultyFileSystem files)
    {
        TestDatabase test = new(files, s_options);
        for (int minute = 0; minute <= 16; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        test.Database.Maintain();
        Assert.Equal(1, test.Database.UpkeepStats().Blocks);
        return test;
    }
}
