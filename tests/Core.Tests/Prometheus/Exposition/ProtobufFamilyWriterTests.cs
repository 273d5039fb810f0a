using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class ProtobufFamilyWriterTests
{
    [Fact]
    public void What_is_written_is_read_back_by_the_parser()
    {
        Gen gen = Gen.Create(84);
        ByteBuffer page = new();
        ProtobufFamilyWriter writer = new(page);
        List<string> expected = [];
        for (int family = 0; family < 50; family++)
        {
            bool native = gen.Bool();
            byte[] name = System.Text.Encoding.UTF8.GetBytes($"family {family}");
            RandomHistograms random = new(gen, isFloat: true, customBounds: false);
            if (native)
            {
                writer.BeginHistograms(name, isGauge: false);
            }
            else
            {
                writer.BeginUntyped(name);
            }

            for (int metric = 0; metric < 3; metric++)
            {
                long timestampMs = 1 + gen.Int(int.MaxValue);
                string labels = $"{{\"family {family}\", m=\"{metric}\"}}";
                writer.AddLabel("m"u8, [(byte)('0' + metric)]);
                if (native && random.Next() is { IsStale: false, FloatCount: > 0 } histogram)
                {
                    writer.EndMetric(histogram.ToFloat(), timestampMs);
                    expected.Add($"{labels} {RandomHistograms.Describe(timestampMs, histogram)}");
                }
                else if (native)
                {
                    writer.EndMetric(new FloatHistogram { ZeroThreshold = 1, Count = 1, ZeroCount = 1 }, timestampMs);
                    Histogram one = new() { IsFloat = true, ZeroThreshold = 1, FloatCount = 1, FloatZeroCount = 1 };
                    expected.Add($"{labels} {RandomHistograms.Describe(timestampMs, one)}");
                }
                else
                {
                    double value = gen.Int(100) / 8.0;
                    writer.EndMetric(value, timestampMs);
                    expected.Add($"{labels} {value:R} {timestampMs}");
                }
            }

            writer.EndFamily();
        }

        Assert.Equal(expected, Parse(page.Written));
    }

    private static List<string> Parse(ReadOnlySpan<byte> page)
    {
        List<string> entries = [];
        ProtobufParser parser = new(
            page, new LabelSlots(), new LabelSlots(), new ProtobufScratch(), new HistogramForms(Native: true, AlwaysClassic: false));
        LabelsBuilder builder = new();
        for (ExpositionEntry entry = parser.Next(); entry != ExpositionEntry.EndOfPage; entry = parser.Next())
        {
            Assert.NotEqual(ExpositionEntry.Error, entry);
            if (entry is ExpositionEntry.Histogram or ExpositionEntry.Series)
            {
                builder.Reset();
                SeriesLabels.AppendTo(ref parser, builder);
                entries.Add(entry == ExpositionEntry.Histogram
                    ? $"{builder.Build()} {RandomHistograms.Describe(parser.TimestampMs, parser.Histogram)}"
                    : $"{builder.Build()} {parser.Value:R} {parser.TimestampMs}");
            }
        }

        return entries;
    }
}
