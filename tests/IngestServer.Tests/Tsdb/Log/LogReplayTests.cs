using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Log;

public sealed class LogReplayTests
{
    private const string FirstSegment = TestDatabase.Folder + "/wal/00000001.wal";

    private static readonly Labels s_up = Labels.FromStrings("__name__", "up", "job", "node");
    private static readonly Labels s_down = Labels.FromStrings("__name__", "down", "job", "node");

    [Fact]
    public void A_log_cut_at_any_byte_of_its_last_record_loses_that_record_only()
    {
        FaultyFileSystem files = new();
        string before;
        int wholeLength;
        using (TestDatabase test = new(files))
        {
            test.Append(s_up, 1000, 1);
            test.Append(s_up, 2000, 2);
            before = test.Dump();
            wholeLength = files.Content(FirstSegment).Length;
            using Appender appender = test.Database.NewAppender();
            appender.Append(TestDatabase.Series(appender, s_up), 3000, 3);
            appender.Append(TestDatabase.Series(appender, s_down), 3000, 3);
            appender.Commit();
        }

        byte[] log = files.Content(FirstSegment);
        for (int length = wholeLength; length < log.Length; length++)
        {
            FaultyFileSystem cut = new();
            cut.CreateFolder(TestDatabase.Folder + "/wal");
            cut.SetContent(FirstSegment, log[..length]);
            using TestDatabase test = new(cut);
            Assert.Equal(before, test.Dump());
            Assert.Equal(length - wholeLength, test.Database.Replay.LostBytes);

            // And it goes on.
            Assert.Equal(AppendOutcome.Appended, test.Append(s_up, 3000, 3));
        }
    }

    [Fact]
    public void A_damaged_record_in_the_middle_costs_that_record_and_is_told()
    {
        FaultyFileSystem files = new();
        int start;
        int end;
        using (TestDatabase test = new(files))
        {
            test.Append(s_up, 1000, 1);
            start = files.Content(FirstSegment).Length;
            test.Append(s_up, 2000, 2);
            end = files.Content(FirstSegment).Length;
            test.Append(s_up, 3000, 3);
        }

        byte[] log = files.Content(FirstSegment);
        log[end - 1] ^= 0x40;
        files.SetContent(FirstSegment, log);
        using TestDatabase again = new(files);

        Assert.Equal("up{job=\"node\"} 1000=3ff0000000000000 3000=4008000000000000", again.Dump());
        Assert.Equal(end - start, again.Database.Replay.LostBytes);
        Assert.Contains("00000001.wal is corrupt at byte", Assert.Single(again.Database.Replay.Damages), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_description_costs_the_samples_of_its_series_and_no_others()
    {
        FaultyFileSystem files = new();
        int firstEnd;
        using (TestDatabase test = new(files))
        {
            test.Append(s_up, 1000, 1);
            firstEnd = files.Content(FirstSegment).Length;
            using Appender appender = test.Database.NewAppender();
            appender.Append(TestDatabase.Series(appender, s_up), 2000, 2);
            appender.Append(TestDatabase.Series(appender, s_down), 2000, 2);
            appender.Commit();
            test.Append(s_down, 3000, 3);
        }

        byte[] log = files.Content(FirstSegment);
        log[firstEnd - 1] ^= 0x40;
        files.SetContent(FirstSegment, log);
        using TestDatabase again = new(files);

        Assert.Equal("down{job=\"node\"} 2000=4000000000000000 3000=4008000000000000", again.Dump());
        Assert.Collection(
            again.Database.Replay.Damages,
            first => Assert.Contains("is corrupt at byte 8", first, StringComparison.Ordinal),
            second => Assert.Contains(
                "/00000001.wal: 1 samples are of series that only damaged bytes described", second, StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_description_never_gives_samples_to_a_series_that_left_before()
    {
        FaultyFileSystem files = new();
        DatabaseOptions options = TestDatabase.Options with { Retention = TimeSpan.FromHours(1), ChunkRange = TimeSpan.FromMinutes(1) };
        Labels gone = Labels.FromStrings("__name__", "gone");
        Labels born = Labels.FromStrings("__name__", "born");
        const long LaterMs = 7_200_000;
        int end;
        using (TestDatabase test = new(files, options))
        {
            test.Append(gone, 1000, 1);
            test.Append(s_up, LaterMs, 1);
            test.Database.Maintain();
            // Lets go of the place of the series that left, so that the next new one takes it.
            test.Append(s_up, LaterMs + 1, 2);
            test.Append(born, LaterMs + 1, 3);
            end = files.Content(FirstSegment).Length;
            test.Append(born, LaterMs + 2, 4);
        }

        byte[] log = files.Content(FirstSegment);
        log[end - 1] ^= 0x40;
        files.SetContent(FirstSegment, log);
        using TestDatabase again = new(files, options);

        Assert.Equal($"{s_up} {LaterMs}=3ff0000000000000 {LaterMs + 1}=4000000000000000", again.Dump());
        Assert.Contains(
            again.Database.Replay.Damages,
            static damage => damage.Contains("1 samples are of series that only damaged bytes described", StringComparison.Ordinal));
    }

    [Fact]
    public void Series_that_come_and_go_keep_their_samples_apart_whatever_record_is_damaged()
    {
        Gen gen = Gen.Create(96);
        // What is past the retention leaves before the head is long enough for a block, so the log stays one segment.
        DatabaseOptions options = TestDatabase.Options with { Retention = TimeSpan.FromMinutes(1), ChunkRange = TimeSpan.FromMinutes(3) };
        FaultyFileSystem files = new();
        List<int> ends = [];
        using (TestDatabase test = new(files, options))
        {
            for (int step = 1; step <= 120; step++)
            {
                // Each value says whose it is, and after a while its series gives its place to another.
                int series = (step / 10) + gen.Int(3);
                test.Append(Labels.FromStrings("__name__", "m", "n", $"{series}"), step * 10_000L, series);
                test.Database.Maintain();
                ends.Add(files.Content(FirstSegment).Length);
            }
        }

        byte[] log = files.Content(FirstSegment);
        foreach (int end in ends)
        {
            FaultyFileSystem damaged = new();
            damaged.CreateFolder(TestDatabase.Folder + "/wal");
            byte[] bytes = [.. log];
            bytes[end - 1] ^= 0x40;
            damaged.SetContent(FirstSegment, bytes);
            using TestDatabase test = new(damaged, options with { Retention = TimeSpan.FromDays(1) });
            using DatabaseQuerier querier = test.Database.NewQuerier();
            SelectedSeries series = querier.Select([], long.MinValue, long.MaxValue);
            SampleColumns samples = new();
            while (series.MoveNext())
            {
                samples.Clear();
                series.Decode(ref samples);
                double own = double.Parse(series.Labels.GetString("n"), CultureInfo.InvariantCulture);
                foreach (double value in samples.Values)
                {
                    Assert.True(value == own, $"{series.Labels} has a value of {value}, damaged before {end}, {gen}");
                }
            }
        }
    }

    [Fact]
    public void Bytes_flipped_anywhere_never_stop_the_start_nor_make_up_samples()
    {
        Gen gen = Gen.Create(95);
        FaultyFileSystem files = new();
        HashSet<string> known = [];
        using (TestDatabase test = new(files))
        {
            for (int index = 1; index <= 20; index++)
            {
                test.Append(s_up, index * 1000, index);
                known.Add($"{index * 1000}={BitConverter.DoubleToUInt64Bits(index):x}");
            }
        }

        byte[] log = files.Content(FirstSegment);
        for (int round = 0; round < 120; round++)
        {
            FaultyFileSystem damaged = new();
            damaged.CreateFolder(TestDatabase.Folder + "/wal");
            damaged.SetContent(FirstSegment, gen.Mutate(log));
            using TestDatabase test = new(damaged);
            foreach (string sample in test.Dump().Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.True(sample.StartsWith("up{", StringComparison.Ordinal) || known.Contains(sample), $"{sample} {gen}");
            }
        }
    }

    [Fact]
    public void A_whole_record_of_an_unknown_type_or_shape_is_skipped_and_told()
    {
        FaultyFileSystem files = new();
        using (TestDatabase test = new(files))
        {
            test.Append(s_up, 1000, 1);
        }

        using (WalWriter wal = WalWriter.Open(files, TestDatabase.Folder + "/wal", new WalOptions()))
        {
            WalBatch batch = new();
            batch.Add(77, "from a later version"u8);
            batch.Add((byte)RecordType.Commit, "not a commit"u8);
            wal.Append(batch);
        }

        using TestDatabase again = new(files);
        Assert.Equal("up{job=\"node\"} 1000=3ff0000000000000", again.Dump());
        Assert.Collection(
            again.Database.Replay.Damages,
            first => Assert.Contains("/00000002.wal is corrupt at byte 8: found a record of type 77", first, StringComparison.Ordinal),
            second => Assert.Contains("found a record of type 1 that cannot be read", second, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_segment_can_be_read_alone()
    {
        FaultyFileSystem files = new();
        using (TestDatabase test = new(files, TestDatabase.Options with { SegmentBytes = 4096 }))
        {
            using Appender appender = test.Database.NewAppender();
            appender.AppendMetadata(new MetricMetadata("up", MetricType.Gauge, "Whether the scrape went well.", ""));
            appender.Commit();
            for (int index = 1; index <= 600; index++)
            {
                test.Append(s_up, index * 1000, index * 0.1);
                test.Append(s_down, index * 1000, index * 0.1);
                appender.AppendMetadata(new MetricMetadata("up", MetricType.Gauge, "Whether the scrape went well.", ""));
                appender.Commit();
            }
        }

        List<WalSegment> segments = SegmentFolder.List(files, TestDatabase.Folder + "/wal");
        Assert.True(segments.Count > 3, $"{segments.Count} segments");
        foreach (WalSegment segment in segments)
        {
            FaultyFileSystem alone = new();
            alone.CreateFolder(TestDatabase.Folder + "/wal");
            string path = $"{TestDatabase.Folder}/wal/{segment.Index.FileName}";
            alone.SetContent(path, files.Content(path));
            using TestDatabase test = new(alone);
            using DatabaseQuerier querier = test.Database.NewQuerier();
            Assert.Empty(test.Database.Replay.Damages);
            Assert.Equal([s_down, s_up], querier.Series([], long.MinValue, long.MaxValue));
            Assert.Single(querier.Metadata("up"));
        }
    }

    [Fact]
    public void After_a_failed_sync_the_log_goes_on_in_a_segment_that_describes_its_series()
    {
        using TestDatabase test = new();
        test.Append(s_up, 1000, 1);
        test.Files.FailingSyncs = 1;
        test.Time.Advance(TimeSpan.FromSeconds(1));
        test.Append(s_up, 2000, 2);
        string shown = test.Dump();
        Assert.Equal(1, test.Database.Stats().LogSyncsFailed);
        Assert.Contains("could not sync", test.Database.Stats().LastDiskError, StringComparison.Ordinal);
        test.Kill();

        using TestDatabase again = new(test.Files);
        Assert.Equal(shown, again.Dump());
        Assert.Empty(again.Database.Replay.Damages);
    }

    [Fact]
    public void Describing_series_again_stays_a_small_part_of_the_log()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { SegmentBytes = 4096 });
        for (int step = 1; step <= 50; step++)
        {
            using Appender appender = test.Database.NewAppender();
            for (int index = 0; index < 2000; index++)
            {
                Labels labels = Labels.FromStrings("__name__", "m", "cluster", new string('c', 100), "n", $"{index}");
                appender.Append(TestDatabase.Series(appender, labels), step * 15_000L, step);
            }

            appender.Commit();
        }

        HeadStats stats = test.Database.Stats();
        Assert.InRange(stats.LogBytesWritten / (double)stats.SamplesAppended, 2, 6);
        Assert.True(stats.LogSegments > 1, stats.ToString());
    }

    [Fact]
    public void Power_cuts_lose_at_most_what_was_not_synced()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            Gen gen = Gen.Create(seed);
            FaultyFileSystem files = new();
            using TestDatabase test = new(files, TestDatabase.Options with { SegmentBytes = 4096 });
            string synced = "";
            int requests = 1 + gen.Int(300);
            for (int index = 1; index <= requests; index++)
            {
                test.Append(s_up, index * 1000, gen.Int(100));
                if (gen.OneIn(50))
                {
                    test.Time.Advance(TimeSpan.FromSeconds(1));
                    synced = test.Dump();
                }
            }

            test.CutPower(gen);
            using TestDatabase again = new(files);
            Assert.True(again.Dump().StartsWith(synced, StringComparison.Ordinal), gen.ToString());
        }
    }

    [Fact]
    public void A_crash_at_any_write_loses_nothing_acknowledged()
    {
        for (long change = 1; change < 40; change++)
        {
            FaultyFileSystem files = new() { CrashAtChange = change };
            List<string> acknowledged = [];
            try
            {
                // The process ends inside: nothing is disposed.
                TestDatabase test = new(files, TestDatabase.Options with { SegmentBytes = 4096 });
                for (int index = 1; index <= 2000; index++)
                {
                    test.Append(Labels.FromStrings("__name__", "m", "text", new string('x', 300), "n", $"{index}"), 1000, 1);
                    acknowledged.Add($"n=\"{index}\"");
                }
            }
            catch (SimulatedCrashException)
            {
                files.Kill();
            }

            using TestDatabase again = new(files);
            string found = again.Dump();
            Assert.All(acknowledged, name => Assert.Contains(name, found, StringComparison.Ordinal));
            Assert.InRange(again.Database.Stats().Series, acknowledged.Count, acknowledged.Count + 1);
        }
    }
}
