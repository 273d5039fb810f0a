using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class SelectSortedTests
{
    private const long Minute = 60_000;

    private static readonly DatabaseOptions s_options = TestDatabase.Options with
    {
        ChunkRange = TimeSpan.FromMinutes(10),
        OutOfOrderWindow = TimeSpan.FromMinutes(5),
    };

    [Fact]
    public void Series_of_blocks_and_head_come_once_in_the_order_of_labels_and_their_chunks_hold_the_same_samples()
    {
        Gen gen = Gen.Create(82);
        for (int round = 0; round < 4; round++)
        {
            using TestDatabase test = new(options: s_options);
            Fill(test, gen);
            Assert.True(test.Database.UpkeepStats().Blocks > 0, $"{gen}");
            for (int query = 0; query < 10; query++)
            {
                long minTimeMs = gen.Int(-5, 45) * Minute;
                long maxTimeMs = minTimeMs + (gen.Int(50) * Minute) + gen.Int(1000);
                string expected = test.Dump([], minTimeMs, maxTimeMs);
                (List<Labels> series, string samples, string chunks) = ReadSorted(test, minTimeMs, maxTimeMs);
                List<Labels> sorted = [.. series];
                sorted.Sort();
                Assert.Equal(sorted, series);
                Assert.True(expected == samples, $"from {minTimeMs} to {maxTimeMs}, {gen}\n{expected}\n{samples}");
                Assert.True(expected == chunks, $"chunks from {minTimeMs} to {maxTimeMs}, {gen}\n{expected}\n{chunks}");
            }
        }
    }

    /// <summary>Series that come and go over fifty minutes, the older ones of which end up in blocks.</summary>
    private static void Fill(TestDatabase test, Gen gen)
    {
        RandomHistograms histograms = new(gen, isFloat: gen.Bool());
        for (int minute = 0; minute < 50; minute++)
        {
            for (int index = 0; index < 6; index++)
            {
                Labels labels = Labels.FromStrings("__name__", "m", gen.Pick("a", "z"), $"{gen.Int(8)}");
                long timestampMs = (minute * Minute) + gen.Int(1000) - (gen.OneIn(4) ? gen.Int(4) * Minute : 0);
                TestSample sample = gen.OneIn(4)
                    ? new TestSample(Labels.FromStrings("__name__", "native"), minute * Minute, 0, histograms.Next().Copy())
                    : new TestSample(labels, Math.Max(0, timestampMs), gen.Int(10));
                using Appender appender = test.Database.NewAppender();
                TestDatabase.Append(appender, sample);
                appender.Commit();
            }

            test.Database.Maintain();
        }
    }

    private static (List<Labels> Series, string Samples, string Chunks) ReadSorted(TestDatabase test, long minTimeMs, long maxTimeMs)
    {
        List<Labels> found = [];
        List<string> lines = [];
        DecodingSink chunks = new();
        using DatabaseQuerier querier = test.Database.NewQuerier();
        SelectedSeries series = querier.SelectSorted([], minTimeMs, maxTimeMs);
        while (series.MoveNext())
        {
            found.Add(series.Labels);
            TextSink samples = new([]);
            series.Decode(ref samples);
            lines.Add(TestDatabase.Line(series.Labels, samples.Texts));
            chunks.Begin(series.Labels);
            series.WriteChunks(chunks);
        }

        lines.Sort(string.CompareOrdinal);
        return (found, string.Join('\n', lines), chunks.Text());
    }

    private readonly struct TextSink(List<string> texts) : ISampleSink
    {
        public List<string> Texts { get; } = texts;

        public void Add(long timestampMs, double value) => Texts.Add(TestSample.Describe(timestampMs, value));

        public void Add(long timestampMs, Histogram histogram) => Texts.Add(TestSample.Describe(timestampMs, histogram));
    }

    /// <summary>Reads the chunks back.</summary>
    private sealed class DecodingSink : IChunkSink
    {
        private readonly List<(Labels Series, List<string> Samples)> _series = [];
        private readonly HistogramNumbers _numbers = new();
        private readonly Histogram _histogram = new();

        public void Begin(Labels labels) => _series.Add((labels, []));

        public void BeginSeries(ReadOnlySpan<byte> labelsBlob) => Assert.Equal(_series[^1].Series, Labels.FromBlob(labelsBlob));

        public void AddChunk(long minTimeMs, long maxTimeMs, ChunkEncoding encoding, ReadOnlySpan<byte> bytes)
        {
            List<string> samples = _series[^1].Samples;
            if (encoding == ChunkEncoding.Xor)
            {
                XorDecoder floats = new(bytes);
                while (floats.MoveNext())
                {
                    Assert.InRange(floats.TimestampMs, minTimeMs, maxTimeMs);
                    samples.Add(TestSample.Describe(floats.TimestampMs, floats.Value));
                }

                return;
            }

            HistogramDecoder decoder = new(bytes, encoding == ChunkEncoding.FloatHistogram, _numbers);
            while (decoder.MoveNext())
            {
                Assert.InRange(decoder.TimestampMs, minTimeMs, maxTimeMs);
                _numbers.CopyTo(_histogram, decoder.Hint);
                samples.Add(TestSample.Describe(decoder.TimestampMs, _histogram));
            }
        }

        public string Text()
        {
            List<string> lines = _series.ConvertAll(static series => TestDatabase.Line(series.Series, series.Samples));
            lines.Sort(string.CompareOrdinal);
            return string.Join('\n', lines);
        }
    }
}
