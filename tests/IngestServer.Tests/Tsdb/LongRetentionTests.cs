using System.Diagnostics;
using System.Globalization;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.IngestServer.Workspaces;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>
/// The default retention of 150 days filled, under virtual time, by remote-write messages through the server's write path: a
/// sample of each series a minute. Thirty series on a disk in memory by default, since half an hour's waiting for syncs shows
/// nothing; as many as AMPEDGE_150_DAYS_SERIES says on a real one, 2,000 for the whole set of 432 million samples.
/// </summary>
public sealed class LongRetentionTests : IDisposable
{
    private const int DefaultSeries = 30;
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;

    /// <summary>Ten days more than are kept.</summary>
    private const int Days = 160;
    private const int RetentionDays = 150;
    private const int SamplesPerMessage = 2000;

    /// <summary>A multiple of all block ranges, so that the blocks can be told beforehand.</summary>
    private const long StartMs = 1_700_000_000_000 / (486 * HourMs) * (486 * HourMs);
    private const long EndMs = StartMs + (Days * DayMs);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ampedge-150-days-");
    private readonly IFileSystem _files;
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
    private readonly int _series;

    public LongRetentionTests()
    {
        bool isAsked = int.TryParse(
            Environment.GetEnvironmentVariable("AMPEDGE_150_DAYS_SERIES"), CultureInfo.InvariantCulture, out int series);
        _series = isAsked ? series : DefaultSeries;
        _files = isAsked ? new DiskFileSystem() : new FaultyFileSystem();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_hundred_and_fifty_days_are_kept_compacted_and_answered_as_configured()
    {
        using Database database = Database.Open(
            _folder.FullName,
            new DatabaseOptions
            {
                MaintenanceInterval = TimeSpan.Zero, FutureTolerance = TimeSpan.MaxValue, FsyncInterval = TimeSpan.FromDays(1),
            },
            _files, _time, hashSeed: 1);
        long started = Stopwatch.GetTimestamp();
        Fill(database);
        TimeSpan filled = Stopwatch.GetElapsedTime(started);
        database.Maintain();

        AssertBlocks(Blocks(), database.UpkeepStats());
        AssertSamples(database);
        await AssertAnswersAsync(database);
        Tell(database, filled, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>What a series has at a minute: counters that begin anew now and then, gauges, and what never changes.</summary>
    private static double ValueAt(int series, long minute) => (series % 4) switch
    {
        0 => minute % 40_000 * (1 + (series % 7)),
        1 => 20 + (((minute * 7919) + (series * 104_729L)) % 997 / 100.0),
        2 => 1,
        _ => ((minute / 5 * 31) + series) % 1000,
    };

    private static Labels LabelsOf(int series) => Labels.FromStrings(
        "__name__", $"metric_{series % 4}", "instance", $"host-{series / 4:D4}:9100", "job", "synthetic");

    private void Fill(Database database)
    {
        byte[][] labels = new byte[_series][];
        for (int series = 0; series < _series; series++)
        {
            ByteBuffer raw = new();
            foreach (LabelPair label in new LabelsEnumerator(LabelsOf(series).Blob))
            {
                WriteRequestV1Writer.AppendLabel(raw, label.Name, label.Value);
            }

            labels[series] = raw.Written.ToArray();
        }

        int minutes = Math.Max(1, SamplesPerMessage / _series);
        long[] times = new long[minutes];
        double[] values = new double[minutes];
        ByteBuffer message = new();
        IngestLimits limits = new();
        for (long timeMs = StartMs; timeMs < EndMs; timeMs += minutes * MinuteMs)
        {
            int count = (int)Math.Min(minutes, (EndMs - timeMs) / MinuteMs);
            _time.Advance(TimeSpan.FromMinutes(count));
            message.Clear();
            for (int series = 0; series < _series; series++)
            {
                for (int index = 0; index < count; index++)
                {
                    times[index] = timeMs + (index * MinuteMs);
                    values[index] = ValueAt(series, times[index] / MinuteMs);
                }

                WriteRequestV1Writer.AppendTimeSeries(message, labels[series], times.AsSpan(0, count), values.AsSpan(0, count));
            }

            Write(database, limits, message.Written, count * _series);
            if (timeMs / HourMs != (timeMs - (minutes * MinuteMs)) / HourMs)
            {
                database.Maintain();
            }
        }
    }

    private void Write(Database database, IngestLimits limits, ReadOnlySpan<byte> message, int samples)
    {
        using Appender appender = database.NewAppender();
        BatchWriter writer = new(appender, limits, "tenant", _time.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.True(MessageV1.TryWrite(message, writer, out _));
        writer.Commit();
        Assert.Equal((samples, null), (writer.Tally.Samples, writer.Tally.FirstRefusal));
    }

    private List<BlockMeta> Blocks()
    {
        using BlockList list = BlockList.Open(_files, _folder.FullName);
        List<BlockMeta> blocks = [];
        foreach (Block block in list.Blocks)
        {
            blocks.Add(block.Meta);
        }

        return blocks;
    }

    /// <summary>
    /// Ranges of 2, 6, 18, 54 and 162 hours, since the next would be more than a tenth of the retention; each block of full
    /// length as soon as what comes after it has begun, none twice, and none that lies whole before the retention.
    /// </summary>
    private static void AssertBlocks(List<BlockMeta> blocks, UpkeepStats stats)
    {
        long[] rangesHours = [2, 6, 18, 54, 162];
        long boundMs = EndMs - MinuteMs - (RetentionDays * DayMs);
        long nextMs = StartMs;
        for (int place = 0; place < blocks.Count; place++)
        {
            BlockMeta block = blocks[place];
            int level = block.Compaction.Level;
            Assert.InRange(level, 1, rangesHours.Length);
            long rangeMs = rangesHours[level - 1] * HourMs;
            Assert.True(place == 0 || block.MinTimeMs == nextMs, $"block {place} begins at {block.MinTimeMs}, not {nextMs}");
            Assert.Equal(block.MinTimeMs / rangeMs, (block.MaxTimeMs - 1) / rangeMs);
            Assert.Equal((long)block.Stats.Samples, (block.MaxTimeMs - block.MinTimeMs) / MinuteMs * (long)block.Stats.Series);
            Assert.True(block.MaxTimeMs > boundMs, $"a block that ends at {block.MaxTimeMs} is kept, and the bound is {boundMs}");
            nextMs = block.MaxTimeMs;
        }

        Assert.True(blocks[0].MinTimeMs <= boundMs, "too much was deleted");
        Assert.True(nextMs > EndMs - (5 * HourMs), $"the blocks end at {nextMs}");
        int longest = blocks.FindAll(static block => block.Compaction.Level == 5).Count;
        Assert.InRange(longest, RetentionDays * 24 / 162, (RetentionDays * 24 / 162) + 1);
        Assert.InRange(blocks.Count, longest, longest + (4 * 3));
        Assert.Equal((Days - RetentionDays) * 24 / 162, stats.TimeRetentions);
        Assert.Equal((0, 0L, 0L), (stats.SetAside, stats.CompactionsFailed, stats.HeadTruncationsFailed));
    }

    /// <summary>Every sample that is kept, by reading all of them.</summary>
    private void AssertSamples(Database database)
    {
        Dictionary<string, int> numbers = [];
        for (int series = 0; series < _series; series++)
        {
            numbers.Add(LabelsOf(series).ToString(), series);
        }

        using DatabaseQuerier querier = database.NewQuerier(TestContext.Current.CancellationToken);
        SelectedSeries found = querier.Select([], EndMs - (RetentionDays * DayMs), long.MaxValue);
        SampleColumns samples = new();
        int seen = 0;
        while (found.MoveNext())
        {
            samples.Clear();
            found.Decode(ref samples);
            int series = numbers[found.Labels.ToString()];
            Assert.Equal(RetentionDays * 1440, samples.Count);
            for (int index = 0; index < samples.Count; index++)
            {
                long timeMs = EndMs - (RetentionDays * DayMs) + (index * MinuteMs);
                if (samples.Timestamps[index] != timeMs || samples.Values[index] != ValueAt(series, timeMs / MinuteMs))
                {
                    Assert.Fail($"series {series} has {samples.Values[index]} at {samples.Timestamps[index]}, place {index}");
                }
            }

            seen++;
        }

        Assert.Equal(_series, seen);
    }

    private async Task AssertAnswersAsync(Database database)
    {
        await AssertRangeAsync(database, "sum(metric_0)", 6 * HourMs, timeMs => Sum(0, timeMs));
        await AssertRangeAsync(database, "max_over_time(metric_1{instance=\"host-0001:9100\"}[1h])", DayMs, static timeMs =>
        {
            double most = double.MinValue;
            for (long minute = (timeMs / MinuteMs) - 59; minute <= timeMs / MinuteMs; minute++)
            {
                most = Math.Max(most, ValueAt(5, minute));
            }

            return most;
        });
        await AssertRangeAsync(database, "sum(count_over_time(metric_2[1d]))", DayMs, _ => 1440.0 * CountOf(2));
    }

    private int CountOf(int kind) => (_series - kind + 3) / 4;

    private double Sum(int kind, long timeMs)
    {
        double sum = 0;
        for (int series = kind; series < _series; series += 4)
        {
            sum += ValueAt(series, timeMs / MinuteMs);
        }

        return sum;
    }

    /// <summary>A query over everything that is kept gives what the model says, at each step.</summary>
    private async Task AssertRangeAsync(Database database, string query, long stepMs, Func<long, double> expected)
    {
        using Engine engine = new(new EngineOptions(), TimeProvider.System);
        long firstMs = EndMs - (RetentionDays * DayMs) + DayMs;
        QueryResult result = await engine.RangeAsync(
            new DatabaseQueryable(database), query, firstMs, EndMs - HourMs, stepMs,
            new QueryOptions { Timeout = TimeSpan.FromMinutes(10) }, TestContext.Current.CancellationToken);
        int points = 0;
        MatrixValue matrix = Assert.IsType<MatrixValue>(result.Value);
        Assert.Equal(1, matrix.Count);
        foreach (Sample sample in matrix.Series[0])
        {
            Assert.Equal(firstMs + (points * stepMs), sample.TimestampMs);
            Assert.Equal(expected(sample.TimestampMs), sample.Value);
            points++;
        }

        Assert.Equal(((EndMs - HourMs - firstMs) / stepMs) + 1, points);
    }

    private void Tell(Database database, TimeSpan filled, TimeSpan all)
    {
        List<BlockMeta> blocks = Blocks();
        double samples = 0;
        foreach (BlockMeta block in blocks)
        {
            samples += block.Stats.Samples;
        }

        UpkeepStats stats = database.UpkeepStats();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_series} series, {samples:N0} samples in {blocks.Count} blocks, {stats.BlockBytes / samples:F2} bytes a sample, "
            + $"{stats.Compactions} compactions, filled in {filled.TotalSeconds:F0} s, checked in {(all - filled).TotalSeconds:F0} s");
        Assert.InRange(stats.BlockBytes / samples, 0.1, 3);
    }
}
