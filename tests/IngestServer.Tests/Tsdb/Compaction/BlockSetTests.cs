using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Compaction;

public sealed class BlockSetTests
{
    private const long Minute = 60_000;

    private static readonly Labels s_up = Labels.FromStrings("__name__", "up");

    private static readonly DatabaseOptions s_options = TestDatabase.Options with
    {
        ChunkRange = TimeSpan.FromMinutes(10),
        Retention = TimeSpan.FromHours(15),
    };

    [Fact]
    public void A_block_that_cannot_be_read_is_set_aside_and_named_and_the_others_answer()
    {
        FaultyFileSystem files = new();
        Fill(files, minutes: 36).Dispose();
        string folder = $"{TestDatabase.Folder}/{Folders(files)[0]}";
        files.SetContent($"{folder}/index", files.Content($"{folder}/index")[..^20]);

        using TestDatabase test = new(files, s_options);
        SetAsideBlock bad = Assert.Single(test.Database.SetAsideBlocks);
        Assert.Equal(folder, bad.Folder);
        Assert.Contains($"{folder}/index", bad.Reason, StringComparison.Ordinal);
        Assert.Equal((2, 1), (test.Database.UpkeepStats().Blocks, test.Database.UpkeepStats().SetAside));
        Assert.Equal(Line(10, 36), test.Dump());

        // Compaction and retention go on, and leave it where it is.
        for (int minute = 37; minute < 200; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
            test.Database.Maintain();
        }

        Assert.True(test.Database.UpkeepStats().Compactions > 10);
        Assert.True(files.FileExists($"{folder}/meta.json"));
        Assert.Equal(Line(10, 199), test.Dump());
    }

    [Fact]
    public void A_block_that_breaks_while_it_is_read_is_named_and_left_out_of_compactions()
    {
        FaultyFileSystem files = new();
        Fill(files, minutes: 36).Dispose();
        string folder = $"{TestDatabase.Folder}/{Folders(files)[0]}";
        byte[] chunks = files.Content($"{folder}/chunks/000001");
        chunks[20] ^= 1;
        files.SetContent($"{folder}/chunks/000001", chunks);

        using TestDatabase again = new(files, s_options);
        Assert.Contains(folder, Assert.Throws<BlockCorruptionException>(again.Dump).Message, StringComparison.Ordinal);
        for (int minute = 37; minute < 100; minute++)
        {
            again.Append(s_up, minute * Minute, minute);
            again.Database.Maintain();
        }

        Assert.Equal(folder, Assert.Single(again.Database.SetAsideBlocks).Folder);
        Assert.Equal(1, again.Database.UpkeepStats().CompactionsFailed);
        Assert.Equal(Line(30, 99), again.Dump([], 30 * Minute, long.MaxValue));
    }

    [Fact]
    public void A_query_reads_its_blocks_to_the_end_though_a_compaction_replaced_them_and_their_files_wait_for_it()
    {
        FaultyFileSystem files = new();
        using TestDatabase test = Fill(files, minutes: 56);
        string old = Folders(files)[0];
        using (DatabaseQuerier querier = test.Database.NewQuerier())
        {
            SelectedSeries series = querier.Select([], long.MinValue, long.MaxValue);
            test.Database.Delete([new Matcher(MatcherType.Equal, "__name__", "up")], 0, 0);
            test.Database.CleanTombstones();
            Assert.Equal(Line(1, 56), test.Dump());
            Assert.True(files.FileExists($"{TestDatabase.Folder}/{old}/meta.json"));

            SampleColumns samples = new();
            Assert.True(series.MoveNext());
            series.Decode(ref samples);
            Assert.Equal(Line(0, 56), TestDatabase.Line(series.Labels, samples.Timestamps, samples.Values));
        }

        test.Database.Maintain();
        Assert.False(files.FileExists($"{TestDatabase.Folder}/{old}/meta.json"));
        Assert.Equal(1, test.Database.UpkeepStats().TombstoneCleanups);
        Assert.Equal(Line(1, 56), test.Dump());
    }

    [Fact]
    public void What_is_left_of_blocks_that_were_merged_goes_at_the_next_start()
    {
        FaultyFileSystem files = new();
        TestDatabase test = Fill(files, minutes: 56);
        DatabaseQuerier unfinished = test.Database.NewQuerier();
        for (int minute = 57; minute < 100; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        test.Database.Maintain();
        unfinished.Dispose();
        test.Database.Maintain();
        DatabaseQuerier held = test.Database.NewQuerier();
        for (int minute = 100; minute < 140; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        test.Database.Maintain();
        int onDisk = Folders(files).Count;
        Assert.True(onDisk > test.Database.UpkeepStats().Blocks, "nothing waits to be deleted");
        held.Dispose();
        test.Kill();

        using TestDatabase again = new(files, s_options);
        Assert.Equal(again.Database.UpkeepStats().Blocks, Folders(files).Count);
        Assert.Equal(Line(0, 139), again.Dump());
    }

    [Fact]
    public void The_oldest_blocks_go_when_all_take_more_than_they_may()
    {
        FaultyFileSystem files = new();
        using TestDatabase test = new(files, s_options);
        for (int minute = 0; minute < 300; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
        }

        test.Database.Maintain();
        UpkeepStats before = test.Database.UpkeepStats();
        test.Database.RetentionBytes = (before.BlockBytes / 2) + test.Database.Stats().LogBytes;
        test.Database.Maintain();
        UpkeepStats after = test.Database.UpkeepStats();
        Assert.InRange(after.BlockBytes, 1, before.BlockBytes / 2);
        Assert.True(after.SizeRetentions > 0);
        Assert.True(after.LowestTimeMs > before.LowestTimeMs);
        Assert.EndsWith(Line(200, 299)["up ".Length..], test.Dump(), StringComparison.Ordinal);
    }

    private static List<string> Folders(FaultyFileSystem files)
    {
        List<string> folders = [];
        foreach (string name in files.List(TestDatabase.Folder))
        {
            if (Ulid.TryParse(name, out _) && files.FileExists($"{TestDatabase.Folder}/{name}/meta.json"))
            {
                folders.Add(name);
            }
        }

        folders.Sort((left, right) => MinTime(files, left).CompareTo(MinTime(files, right)));
        return folders;
    }

    private static long MinTime(FaultyFileSystem files, string name)
    {
        Assert.True(BlockMeta.TryParse(files.Content($"{TestDatabase.Folder}/{name}/meta.json"), out BlockMeta? meta, out _));
        return meta.MinTimeMs;
    }

    /// <summary>A sample a minute, cut whenever there is something to cut.</summary>
    private static TestDatabase Fill(FaultyFileSystem files, int minutes)
    {
        TestDatabase test = new(files, s_options);
        for (int minute = 0; minute <= minutes; minute++)
        {
            test.Append(s_up, minute * Minute, minute);
            test.Database.Maintain();
        }

        return test;
    }

    private static string Line(int first, int last)
    {
        List<long> timestamps = [];
        List<double> values = [];
        for (int minute = first; minute <= last; minute++)
        {
            timestamps.Add(minute * Minute);
            values.Add(minute);
        }

        return TestDatabase.Line(s_up, timestamps.ToArray(), values.ToArray());
    }
}
