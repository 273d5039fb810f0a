using System.Globalization;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Buffer;

public sealed class AgentBufferTests
{
    private const string Folder = "/agent";

    private readonly FaultyFileSystem _disk = new();
    private readonly ManualTime _time = new();
    private readonly BufferMetrics _metrics = new(new MetricRegistry());

    private static readonly DestinationOptions s_destination = new() { Name = "test", Url = new Uri("http://localhost") };

    [Fact]
    public void Record_types_keep_their_numbers()
    {
        Assert.Equal(1, BufferRecord.SegmentStart);
        Assert.Equal(2, BufferRecord.SeriesAsText);
        Assert.Equal(3, BufferRecord.Samples);
        Assert.Equal(4, BufferRecord.Histograms);
        Assert.Equal(5, BufferRecord.Exemplars);
        Assert.Equal(6, BufferRecord.Series);
    }

    [Fact]
    public void The_first_commit_of_a_segment_has_the_bytes_of_the_golden_file()
    {
        using AgentBuffer buffer = Open();
        SeriesRef up = buffer.Series.Acquire(Labels.FromStrings("__name__", "up", "job", "node"));
        SeriesRef other = buffer.Series.Acquire(Labels.FromStrings("__name__", "load"));
        Commit(buffer, (up, 1_767_225_600_000, 1), (other, 1_767_225_600_000, 0.5), (up, 1_767_225_600_500, StaleMarker.Value));

        Assert.Equal(
            GoldenHex("buffer/segment.hex"), Convert.ToHexStringLower(_disk.Content($"{Folder}/segments/00000001.wal")));
    }

    [Theory]
    [InlineData("buffer/segment.hex")]
    [InlineData("buffer/segment-labels-as-text.hex")]
    public void A_segment_is_read_as_it_was_written(string file)
    {
        _disk.SetContent($"{Folder}/segments/00000001.wal", Convert.FromHexString(GoldenHex(file)));
        Assert.Equal(
            ["up{job=\"node\"} 1 @1767225600000", "load 0.5 @1767225600000", "up{job=\"node\"} NaN @1767225600500"],
            SamplesOf("00000001.wal"));
    }

    [Fact]
    public void Every_segment_describes_the_series_of_its_samples()
    {
        using AgentBuffer buffer = Open(new BufferOptions { SegmentSizeBytes = 600 });
        SeriesRef[] series = new SeriesRef[5];
        for (int index = 0; index < series.Length; index++)
        {
            series[index] = buffer.Series.Acquire(Labels.FromStrings("__name__", "m", "s", $"{index}"));
        }

        for (int scrape = 0; scrape < 60; scrape++)
        {
            Commit(buffer, (series[scrape % 5], scrape, scrape), (series[(scrape + 2) % 5], scrape, scrape));
        }

        IReadOnlyList<WalSegment> segments = buffer.Wal.Segments();
        Assert.True(segments.Count > 5);
        List<string> written = [];
        foreach (WalSegment segment in segments)
        {
            written.AddRange(SamplesOf(segment.Index.FileName));
        }

        List<string> expected = [];
        for (int scrape = 0; scrape < 60; scrape++)
        {
            expected.Add($"m{{s=\"{scrape % 5}\"}} {scrape} @{scrape}");
            expected.Add($"m{{s=\"{(scrape + 2) % 5}\"}} {scrape} @{scrape}");
        }

        Assert.Equal(expected, written);
    }

    [Theory]
    [InlineData(0, 1, 600)]
    [InlineData(1_500, 1, 1_500)]
    [InlineData(100_000, 2_000, 20_000)]
    public void A_segment_of_many_series_grows_until_its_samples_outweigh_their_descriptions(int maxSize, int leastBytes, int mostBytes)
    {
        using AgentBuffer buffer = Open(new BufferOptions { SegmentSizeBytes = 600, MaxSegmentSizeBytes = maxSize });
        SeriesRef[] series = new SeriesRef[40];
        for (int index = 0; index < series.Length; index++)
        {
            series[index] = buffer.Series.Acquire(Labels.FromStrings("__name__", "m", "s", $"{index}", "t", "0123456789abcdef"));
        }

        for (int scrape = 0; scrape < 2_000; scrape++)
        {
            Commit(buffer, (series[scrape % 40], scrape, scrape / 7.0));
        }

        IReadOnlyList<WalSegment> segments = buffer.Wal.Segments();
        Assert.True(segments.Count > 3, $"{segments.Count} segments");
        for (int ended = 0; ended < segments.Count - 1; ended++)
        {
            Assert.InRange(segments[ended].SizeBytes, leastBytes, mostBytes);
        }
    }

    [Fact]
    public void Numbers_of_series_and_labels_that_are_given_away_mean_the_new_ones()
    {
        using AgentBuffer buffer = Open();
        List<string> expected = [];
        for (int round = 0; round < 50; round++)
        {
            Labels labels = Labels.FromStrings("__name__", "m", "pod", $"{round % 7}", "round", $"{round}");
            SeriesRef series = buffer.Series.Acquire(labels);
            Commit(buffer, (series, round, round));
            buffer.Series.Release(series);
            expected.Add($"{labels} {round} @{round}");
        }

        Assert.Equal(expected, SamplesOf("00000001.wal"));
    }

    [Fact]
    public void What_was_rolled_back_is_not_written()
    {
        using AgentBuffer buffer = Open();
        SeriesRef series = buffer.Series.Acquire(Labels.FromStrings("__name__", "m"));
        using (BufferAppender appender = buffer.RentAppender())
        {
            appender.Append(series, 1, 1);
            appender.Rollback();
            Assert.Equal(CommitOutcome.Written, appender.Commit());
            appender.Append(series, 2, 2);
        }

        Assert.Equal(0, buffer.Wal.TotalBytes);
    }

    [Fact]
    public void A_write_that_fails_is_counted_and_the_next_commit_describes_its_series_again()
    {
        using AgentBuffer buffer = Open();
        SeriesRef series = buffer.Series.Acquire(Labels.FromStrings("__name__", "m"));
        Commit(buffer, (buffer.Series.Acquire(Labels.FromStrings("__name__", "first")), 1, 1));
        _disk.FailingWrites = 1;
        _disk.ShortWriteBytes = 20;
        using (BufferAppender appender = buffer.RentAppender())
        {
            appender.Append(series, 1, 1);
            Assert.Equal(CommitOutcome.Failed, appender.Commit());
        }

        Assert.Equal(1, _metrics.LostWriteFailed.Value);
        Commit(buffer, (series, 2, 2));
        Assert.Equal(["first 1 @1", "m 2 @2"], SamplesOf("00000001.wal"));
    }

    [Fact]
    public void A_commit_of_any_size_stands_in_records_of_a_few_megabytes()
    {
        const int usual = 5 << 20;
        using AgentBuffer buffer = Open();
        OfferedRecords offered = new();
        buffer.Attach(offered);
        SeriesRef[] series = new SeriesRef[9];
        for (int index = 0; index < series.Length; index++)
        {
            series[index] = buffer.Series.Acquire(
                Labels.FromStrings("__name__", "m", "long", new string((char)('a' + index), 1 << 20)));
        }

        int samples = 400_000;
        byte[] message = new byte[700_000];
        using (BufferAppender appender = buffer.RentAppender())
        {
            for (int index = 0; index < samples; index++)
            {
                appender.Append(series[index % series.Length], index, index);
            }

            for (int index = 0; index < series.Length; index++)
            {
                message[0] = (byte)index;
                appender.AppendHistogram(series[index], index, message);
            }

            Assert.Equal(CommitOutcome.Written, appender.Commit());
        }

        List<(SampleKind Kind, int Count, WalPosition Start, WalPosition End)> read = [];
        SeriesTable table = new();
        SegmentSeries described = new(new WriteRules(s_destination, table), table);
        SampleList entries = new();
        using SegmentReader reader = SegmentReader.Open(_disk, $"{Folder}/segments/00000001.wal");
        while (reader.Next() == SegmentReadOutcome.Record)
        {
            Assert.InRange(reader.Payload.Length, 1, usual);
            if (reader.Type == BufferRecord.Series)
            {
                Assert.True(described.TryAdd(reader.Type, reader.Payload));
            }
            else if (SamplesRecord.IsEntries(reader.Type))
            {
                Assert.True(SamplesRecord.TryRead(reader.Type, reader.Payload, entries));
                read.Add((
                    entries.Kind, entries.Count, new WalPosition(SegmentIndex.First, reader.Offset),
                    new WalPosition(SegmentIndex.First, reader.NextOffset)));
            }
        }

        foreach (SeriesRef one in series)
        {
            Assert.True(described.TryGet(one, out _));
        }

        Assert.True(read.FindAll(static record => record.Kind == SampleKind.Sample).Count > 1);
        Assert.True(read.FindAll(static record => record.Kind == SampleKind.Histogram).Count > 1);
        Assert.Equal(read, offered.Records);
        Assert.Equal(samples, offered.Samples);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], offered.FirstPayloadBytes);
    }

    [Fact]
    public void The_newest_time_is_that_of_the_latest_sample_wherever_it_stands()
    {
        using AgentBuffer buffer = Open();
        SeriesRef series = buffer.Series.Acquire(Labels.FromStrings("__name__", "m"));
        SeriesRef other = buffer.Series.Acquire(Labels.FromStrings("__name__", "n"));

        Commit(buffer, (series, 9_000, 1), (other, 2_000, 1));

        Assert.Equal(9, _metrics.HighestTimestamp.Value);
    }

    [Fact]
    public void A_folder_belongs_to_one_process_at_a_time()
    {
        using AgentBuffer first = Open();

        IOException refused = Assert.Throws<IOException>(() => Open());
        Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_over_the_age_bound_go()
    {
        using AgentBuffer buffer = Open(new BufferOptions { SegmentSizeBytes = 100, MaxAge = TimeSpan.FromHours(2) });
        buffer.Attach(new StuckDestination());
        SeriesRef series = buffer.Series.Acquire(Labels.FromStrings("__name__", "a_metric_with_a_long_name"));
        for (int hour = 0; hour < 10; hour++)
        {
            Commit(buffer, (series, hour, hour));
            _time.Advance(TimeSpan.FromHours(1));
        }

        buffer.Truncator.TruncateOnce();

        Assert.InRange(buffer.Wal.Segments().Count, 2, 4);
    }

    [Fact]
    public void The_age_bound_holds_also_after_a_look_at_the_moment_when_a_segment_begins()
    {
        using AgentBuffer buffer = Open(new BufferOptions { MaxAge = TimeSpan.FromHours(2) });
        buffer.Attach(new StuckDestination());
        SeriesRef series = buffer.Series.Acquire(Labels.FromStrings("__name__", "m"));
        Commit(buffer, (series, 1, 1));
        buffer.Wal.Rotate();
        buffer.Wal.ReserveSegment(1);

        buffer.Truncator.TruncateOnce();
        Commit(buffer, (series, 2, 2));
        _time.Advance(TimeSpan.FromHours(3));
        buffer.Truncator.TruncateOnce();

        Assert.Single(buffer.Wal.Segments());
    }

    [Fact]
    public void A_clock_that_is_set_makes_no_segment_older_or_younger()
    {
        using AgentBuffer buffer = Open(new BufferOptions { SegmentSizeBytes = 100, MaxAge = TimeSpan.FromHours(2) });
        buffer.Attach(new StuckDestination());
        SeriesRef series = buffer.Series.Acquire(Labels.FromStrings("__name__", "a_metric_with_a_long_name"));
        foreach (double step in (double[])[0, 30, -9_000, 8_970])
        {
            _time.Jump(TimeSpan.FromHours(step));
            Commit(buffer, (series, 1, 1));
            buffer.Truncator.TruncateOnce();
        }

        Assert.Equal(4, buffer.Wal.Segments().Count);
        _time.Advance(TimeSpan.FromHours(1));
        Commit(buffer, (series, 1, 1));
        buffer.Truncator.TruncateOnce();
        Assert.Equal(5, buffer.Wal.Segments().Count);

        _time.Jump(TimeSpan.FromHours(-20));
        _time.Advance(TimeSpan.FromMinutes(61));
        buffer.Truncator.TruncateOnce();
        Assert.InRange(buffer.Wal.Segments().Count, 1, 2);
    }

    private static string GoldenHex(string file)
    {
        string hex = "";
        foreach (string line in File.ReadAllLines(Oracle.TestData(file)))
        {
            hex += line.Split('#')[0].Replace(" ", "", StringComparison.Ordinal);
        }

        return hex;
    }

    /// <summary>The samples of a segment, read alone.</summary>
    private List<string> SamplesOf(string segment)
    {
        SeriesTable table = new();
        SegmentSeries series = new(new WriteRules(s_destination, table), table);
        List<string> read = [];
        SampleList samples = new();
        using SegmentReader reader = SegmentReader.Open(_disk, $"{Folder}/segments/{segment}");
        Assert.Equal(SegmentReadOutcome.Record, reader.Next());
        Assert.Equal(BufferRecord.SegmentStart, reader.Type);
        while (reader.Next() == SegmentReadOutcome.Record)
        {
            if (!SamplesRecord.IsEntries(reader.Type))
            {
                Assert.True(series.TryAdd(reader.Type, reader.Payload));
                continue;
            }

            Assert.True(SamplesRecord.TryRead(reader.Type, reader.Payload, samples));
            for (int index = 0; index < samples.Count; index++)
            {
                SampleColumns columns = samples.Columns;
                Assert.True(series.TryGet(columns.Series[index], out DescribedSeries described));
                ByteBuffer blob = new();
                table.CopyLabels(described.Sent, blob);
                Labels labels = Labels.FromBlob(blob.Written.ToArray());
                read.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{labels} {columns.Values[index]} @{columns.TimestampsMs[index]}"));
            }
        }

        return read;
    }

    private static void Commit(AgentBuffer buffer, params ReadOnlySpan<(SeriesRef Series, long TimestampMs, double Value)> samples)
    {
        using BufferAppender appender = buffer.RentAppender();
        foreach ((SeriesRef series, long timestampMs, double value) in samples)
        {
            appender.Append(series, timestampMs, value);
        }

        Assert.Equal(CommitOutcome.Written, appender.Commit());
    }

    private AgentBuffer Open(BufferOptions? options = null) =>
        AgentBuffer.Open(_disk, Folder, options ?? new BufferOptions(), _time, NullLogger.Instance, _metrics);

    /// <summary>Writes down what it is offered.</summary>
    private sealed class OfferedRecords : IDestination
    {
        public List<(SampleKind Kind, int Count, WalPosition Start, WalPosition End)> Records { get; } = [];

        public List<int> FirstPayloadBytes { get; } = [];

        public int Samples { get; private set; }

        public string Name => "offered";

        public SamplePosition Needed => default;

        public BufferBounds Bounds => default;

        public void Offer(in SampleColumns samples, WalPosition record, WalPosition end)
        {
            Records.Add((samples.Kind, samples.Count, record, end));
            for (int index = 0; index < samples.Count; index++)
            {
                if (samples.Kind == SampleKind.Histogram)
                {
                    FirstPayloadBytes.Add(samples.Payload(index)[0]);
                }
                else
                {
                    Samples++;
                }
            }
        }

        public void Forget(SeriesRef series)
        {
            // It remembers nothing.
        }

        public SamplePosition GiveUpBefore(SegmentIndex firstKept) => default;

        public void CountLost(long samples, LossReason reason) => Assert.Fail("nothing is lost");
    }

    /// <summary>Takes nothing and needs everything.</summary>
    private sealed class StuckDestination : IDestination
    {
        public string Name => "stuck";

        public SamplePosition Needed => default;

        public BufferBounds Bounds => default;

        public void Offer(in SampleColumns samples, WalPosition record, WalPosition end)
        {
            // It never reads.
        }

        public void Forget(SeriesRef series)
        {
            // It remembers nothing.
        }

        public SamplePosition GiveUpBefore(SegmentIndex firstKept) => default;

        public void CountLost(long samples, LossReason reason) => Assert.True(samples > 0 && reason == LossReason.MaxAge);
    }
}
