using AmpEdge.IngestServer.Tests.Tsdb.Chunks;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Log;

public sealed class HeadSnapshotTests
{
    private const string Mark = TestDatabase.Folder + "/head.snapshot";

    private static readonly DatabaseOptions s_options = TestDatabase.Options with
    {
        SnapshotOnClose = true,
        OutOfOrderWindow = TimeSpan.FromHours(1),
        SegmentBytes = 8192,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_closed_database_is_opened_again_as_it_was_and_goes_on(int seed)
    {
        Gen gen = Gen.Create(seed);
        FaultyFileSystem files = new();
        long nowMs = TestDatabase.StartMs;
        for (int round = 0; round < 5; round++)
        {
            string before;
            using (TestDatabase test = new(files, s_options))
            {
                Assert.Equal(round > 0, test.Database.Replay.FromSnapshot);
                Assert.False(files.FileExists(Mark));
                Fill(gen, test, ref nowMs);
                before = Dump(test);
            }

            Assert.True(files.FileExists(Mark));
            using (TestDatabase again = new(files, s_options))
            {
                Assert.True(again.Database.Replay.FromSnapshot);
                Assert.True(before == Dump(again), $"round {round}, {gen}");

                // The log alone says the same.
                again.Kill();
            }

            using TestDatabase replayed = new(files, s_options);
            Assert.False(replayed.Database.Replay.FromSnapshot);
            Assert.True(before == Dump(replayed), $"replayed in round {round}, {gen}");
        }
    }

    [Fact]
    public void A_damaged_snapshot_is_ignored_and_the_log_read()
    {
        Gen gen = Gen.Create(11);
        for (int round = 0; round < 60; round++)
        {
            FaultyFileSystem files = new();
            long nowMs = TestDatabase.StartMs;
            string before;
            using (TestDatabase test = new(files, s_options))
            {
                Fill(gen, test, ref nowMs);
                before = Dump(test);
            }

            string path = gen.OneIn(4) ? Mark : TestDatabase.Folder + "/snapshot/00000001.wal";
            Damage(gen, files, path);
            using TestDatabase again = new(files, s_options);
            Assert.False(again.Database.Replay.FromSnapshot, $"{path}, {gen}");
            Assert.True(before == Dump(again), $"{path}, {gen}");
        }
    }

    [Fact]
    public void A_snapshot_of_another_log_is_ignored()
    {
        FaultyFileSystem files = new();
        Gen gen = Gen.Create(12);
        long nowMs = TestDatabase.StartMs;
        using (TestDatabase test = new(files, s_options))
        {
            Fill(gen, test, ref nowMs);
        }

        using (WalWriter log = WalWriter.Open(files, TestDatabase.Folder + "/wal", new WalOptions()))
        {
            WalBatch batch = log.NewBatch();
            batch.Add(1, [0, 0, 0]);
            log.Append(batch);
        }

        using TestDatabase again = new(files, s_options);
        Assert.False(again.Database.Replay.FromSnapshot);
        Assert.True(again.Database.Replay.Records > 0);
    }

    [Fact]
    public void A_full_disk_costs_the_snapshot_and_nothing_else()
    {
        FaultyFileSystem files = new();
        Gen gen = Gen.Create(13);
        long nowMs = TestDatabase.StartMs;
        string before;
        using (TestDatabase test = new(files, s_options))
        {
            Fill(gen, test, ref nowMs);
            before = Dump(test);
            files.CapacityBytes = files.UsedBytes + 100;
        }

        files.CapacityBytes = long.MaxValue;
        using TestDatabase again = new(files, s_options);
        Assert.False(again.Database.Replay.FromSnapshot);
        Assert.Equal(before, Dump(again));
    }

    private static void Fill(Gen gen, TestDatabase test, ref long nowMs)
    {
        RandomHistograms history = new(gen, gen.Bool());
        for (int request = 0; request < 40; request++)
        {
            nowMs += gen.Int(60_000);
            using Appender appender = test.Database.NewAppender();
            for (int index = 0; index < 20; index++)
            {
                SeriesRef series = TestDatabase.Series(
                    appender, Labels.FromStrings("__name__", gen.Pick("a", "b"), "index", $"{gen.Int(8)}"));
                long timeMs = nowMs - (gen.OneIn(4) ? gen.Int(600_000) : 0);
                if (gen.OneIn(3))
                {
                    appender.Append(series, timeMs, history.Next());
                }
                else
                {
                    appender.Append(series, timeMs, gen.AnyDouble());
                }

                if (gen.OneIn(10))
                {
                    appender.AppendExemplar(series, timeMs, gen.Int(9), Labels.FromStrings("trace_id", $"{gen.Int(99)}"));
                }
            }

            appender.AppendMetadata(new MetricMetadata($"family{gen.Int(9)}", MetricType.Gauge, $"{request}", "u"));
            appender.Commit();
        }
    }

    private static void Damage(Gen gen, FaultyFileSystem files, string path)
    {
        using IFile file = files.OpenWrite(path);
        byte[] one = new byte[1];
        long at = gen.Int((int)file.Length);
        Assert.Equal(1, file.Read(at, one));
        one[0] ^= (byte)(1 << gen.Int(8));
        file.Write(at, one);
    }

    private static string Dump(TestDatabase test)
    {
        List<string> lines = [];
        using DatabaseQuerier querier = test.Database.NewQuerier();
        SelectedSeries series = querier.Select([], long.MinValue, long.MaxValue);
        SampleColumns samples = new();
        while (series.MoveNext())
        {
            samples.Clear();
            series.Decode(ref samples);
            for (int index = 0; index < samples.Count; index++)
            {
                lines.Add($"{series.Labels} " + (samples.HistogramAt(index) is { } histogram
                    ? RandomHistograms.Describe(samples.Timestamps[index], histogram)
                    : $"{samples.Timestamps[index]} {BitConverter.DoubleToUInt64Bits(samples.Values[index]):x}"));
            }
        }

        foreach (SeriesExemplars found in querier.Exemplars([[]], long.MinValue, long.MaxValue))
        {
            lines.Add($"{found.Series} {string.Join(' ', found.Exemplars)}");
        }

        foreach (MetricMetadata metadata in querier.Metadata())
        {
            lines.Add(metadata.ToString());
        }

        lines.Sort(string.CompareOrdinal);
        return string.Join('\n', lines);
    }
}
