using System.Text;
using AmpEdge.Core.Tests.Prometheus.RemoteWrite.Wire.V2;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Google.Protobuf;
using Xunit;
using HistogramMessage = AmpEdge.Prometheus.HistogramMessage;
using WireHistogram = AmpEdge.Core.Tests.Prometheus.RemoteWrite.Wire.V2.HistogramMessage;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

public sealed class WriteRequestV2Tests
{
    [Fact]
    public void Random_messages_are_read_as_the_generated_classes_wrote_them()
    {
        Gen gen = Gen.Create(21);
        for (int round = 0; round < 300; round++)
        {
            RequestMessage message = SomeMessage(gen);
            Assert.True(TryDescribe(message.ToByteArray(), out string ours), $"{gen} round {round}");
            Assert.True(Describe(message) == ours, $"{gen} round {round}");
        }
    }

    [Fact]
    public void What_is_written_is_what_the_generated_classes_write()
    {
        Gen gen = Gen.Create(22);
        WriteRequestV2Writer writer = new();
        ByteBuffer target = new();
        for (int round = 0; round < 300; round++)
        {
            writer.Clear();
            target.Clear();
            RequestMessage expected = WriteRandom(gen, writer);
            writer.CopyTo(target);
            Assert.True(expected.ToByteArray().AsSpan().SequenceEqual(target.Written), $"{gen} round {round}");
            Assert.Equal(writer.Length, target.Length);
        }
    }

    [Fact]
    public void A_damaged_message_is_malformed_or_read_as_the_generated_classes_read_it()
    {
        Gen gen = Gen.Create(23);
        int malformed = 0;
        int compared = 0;
        for (int round = 0; round < 5000; round++)
        {
            byte[] damaged = gen.Mutate(SomeMessage(gen).ToByteArray());
            if (!TryDescribe(damaged, out string ours))
            {
                malformed++;
            }
            else if (TryParse(damaged) is { } theirs)
            {
                compared++;
                Assert.True(Describe(theirs) == ours, $"{gen} round {round}");
            }
        }

        Assert.InRange(malformed, 500, 5000);
        Assert.InRange(compared, 200, 5000);
    }

    [Fact]
    public void A_symbol_stands_once_in_the_table_and_the_first_is_empty()
    {
        WriteRequestV2Writer writer = new();
        for (int series = 0; series < 3000; series++)
        {
            writer.BeginSeries();
            writer.SetMetadata(1, "Help."u8, ""u8);
            writer.AddLabel("__name__"u8, "m"u8);
            writer.AddLabel("n"u8, Encoding.UTF8.GetBytes($"{series}"));
            writer.AddSample(1, series);
            writer.EndSeries();
        }

        ByteBuffer target = new();
        writer.CopyTo(target);
        RequestMessage message = RequestMessage.Parser.ParseFrom(target.Written.ToArray());

        Assert.Equal("", message.Symbols[0]);
        Assert.Equal(3000 + 5, message.Symbols.Count);
        Assert.Equal(message.Symbols.Count, new HashSet<string>(message.Symbols).Count);
    }

    [Theory]
    [InlineData("22002A030A0100", "an odd number of references")]
    [InlineData("22002A040A020100", "a reference beyond the symbols")]
    [InlineData("0A00", "a series of version 1")]
    [InlineData("1A00", "metadata of version 1")]
    [InlineData("22002A042A021801", "a help text beyond the symbols")]
    [InlineData("22002A021001", "a sample of another wire type")]
    [InlineData("22002A0412020901", "a sample that is cut off")]
    [InlineData("22002A071A055A03100108", "a span that is cut off")]
    [InlineData("22002A061A045A021001", "a span without its bucket")]
    [InlineData("2000", "symbols of another wire type")]
    public void A_malformed_message_is_a_value(string hex, string what)
    {
        WriteRequestV2Reader reader = new(Convert.FromHexString(hex), new SymbolIndex());
        WriteRequestItem item;
        while ((item = reader.Next()) == WriteRequestItem.TimeSeries)
        {
            Assert.Equal(0, reader.TimeSeries.SampleCount);
        }

        Assert.True(item == WriteRequestItem.Malformed, what);
        Assert.True(reader.Next() == WriteRequestItem.Malformed, what);
    }

    private static RequestMessage SomeMessage(Gen gen)
    {
        RequestMessage message = new() { Symbols = { "" } };
        for (int index = gen.Int(6); index > 0; index--)
        {
            message.Symbols.Add(gen.Text("abc_é", 8));
        }

        uint SomeRef() => (uint)gen.Int(message.Symbols.Count);
        for (int index = gen.Int(5); index > 0; index--)
        {
            TimeSeriesMessage series = new()
            {
                CreatedTimestamp = gen.OneIn(2) ? 0 : gen.Long(),
                Metadata = new MetadataMessage { Type = (uint)gen.Int(8), HelpRef = SomeRef(), UnitRef = SomeRef() },
            };
            for (int label = 2 * gen.Int(5); label > 0; label--)
            {
                series.LabelsRefs.Add(SomeRef());
            }

            for (int sample = gen.Int(4); sample > 0; sample--)
            {
                series.Samples.Add(new SampleMessage { Value = gen.AnyDouble(), Timestamp = gen.Long(), StartTimestamp = gen.Int(2) });
            }

            for (int histogram = gen.Int(3); histogram > 0; histogram--)
            {
                series.Histograms.Add(SomeHistogram(gen));
            }

            for (int exemplar = gen.Int(3); exemplar > 0; exemplar--)
            {
                series.Exemplars.Add(new ExemplarMessage
                {
                    LabelsRefs = { SomeRef(), SomeRef() }, Value = gen.AnyDouble(), Timestamp = gen.Long(),
                });
            }

            message.Timeseries.Add(series);
        }

        return message;
    }

    private static WireHistogram SomeHistogram(Gen gen)
    {
        WireHistogram histogram = new()
        {
            Sum = gen.AnyDouble(), Schema = gen.Int(-4, 9), ZeroThreshold = gen.Double(), ResetHint = (uint)gen.Int(4),
            Timestamp = gen.Long(), StartTimestamp = gen.Int(2),
        };
        bool isFloat = gen.Bool();
        if (isFloat)
        {
            (histogram.CountFloat, histogram.ZeroCountFloat) = (gen.AnyDouble(), gen.AnyDouble());
        }
        else
        {
            (histogram.CountInt, histogram.ZeroCountInt) = ((ulong)gen.Long(), (ulong)gen.Int(100));
        }

        for (int span = gen.Int(3); span > 0; span--)
        {
            SpanMessage some = new() { Offset = gen.Int(-3, 4), Length = (uint)gen.Int(4) };
            histogram.PositiveSpans.Add(some);
            for (uint bucket = 0; bucket < some.Length; bucket++)
            {
                if (isFloat)
                {
                    histogram.PositiveCounts.Add(gen.AnyDouble());
                }
                else
                {
                    histogram.PositiveDeltas.Add(gen.Long());
                }
            }
        }

        if (gen.OneIn(3))
        {
            histogram.CustomValues.Add(gen.Double());
        }

        return histogram;
    }

    /// <summary>Builds the same message by our writer and by the generated classes.</summary>
    private static RequestMessage WriteRandom(Gen gen, WriteRequestV2Writer writer)
    {
        RequestMessage expected = new() { Symbols = { "" } };
        uint RefOf(string text)
        {
            if (!expected.Symbols.Contains(text))
            {
                expected.Symbols.Add(text);
            }

            return (uint)expected.Symbols.IndexOf(text);
        }

        for (int index = gen.Int(8); index > 0; index--)
        {
            string help = gen.Text("help ", 10);
            string unit = gen.Text("s", 3);
            TimeSeriesMessage series = new() { Metadata = new MetadataMessage { Type = (uint)gen.Int(8) } };
            series.Metadata.HelpRef = RefOf(help);
            series.Metadata.UnitRef = RefOf(unit);
            writer.BeginSeries();
            writer.SetMetadata(series.Metadata.Type, Encoding.UTF8.GetBytes(help), Encoding.UTF8.GetBytes(unit));
            for (int label = gen.Int(5); label > 0; label--)
            {
                string name = gen.Text("abc", 3);
                string value = gen.Text("xyz", 3);
                series.LabelsRefs.Add(RefOf(name));
                series.LabelsRefs.Add(RefOf(value));
                writer.AddLabel(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
            }

            for (int sample = gen.Int(3); sample > 0; sample--)
            {
                SampleMessage some = new()
                {
                    Value = gen.OneIn(4) ? 0 : gen.AnyDouble(), Timestamp = gen.OneIn(4) ? 0 : gen.Long(),
                    StartTimestamp = gen.Int(2),
                };
                series.Samples.Add(some);
                writer.AddSample(some.Timestamp, some.Value, some.StartTimestamp);
            }

            if (gen.OneIn(3))
            {
                WireHistogram histogram = SomeHistogram(gen);
                series.Histograms.Add(histogram);
                writer.AddHistogram(histogram.ToByteArray());
            }

            if (gen.OneIn(3))
            {
                ExemplarMessage exemplar = new() { Value = gen.Double(), Timestamp = gen.Int(3) };
                Labels labels = gen.OneIn(4) ? Labels.Empty : Labels.FromStrings("trace_id", gen.Text("abc", 5) + "x");
                foreach (LabelPair label in labels)
                {
                    exemplar.LabelsRefs.Add(RefOf(Encoding.UTF8.GetString(label.Name)));
                    exemplar.LabelsRefs.Add(RefOf(Encoding.UTF8.GetString(label.Value)));
                }

                series.Exemplars.Add(exemplar);
                writer.AddExemplar(labels.Blob, exemplar.Value, exemplar.Timestamp);
            }

            series.CreatedTimestamp = gen.Int(2);
            writer.EndSeries(series.CreatedTimestamp);
            expected.Timeseries.Add(series);
        }

        return expected;
    }

    private static string Describe(RequestMessage message)
    {
        StringBuilder text = new();
        foreach (TimeSeriesMessage series in message.Timeseries)
        {
            foreach (uint reference in series.LabelsRefs)
            {
                text.Append(message.Symbols[(int)reference]).Append(' ');
            }

            foreach (SampleMessage sample in series.Samples)
            {
                text.Append(sample.Timestamp).Append('@').Append(BitConverter.DoubleToInt64Bits(sample.Value))
                    .Append('@').Append(sample.StartTimestamp).Append(' ');
            }

            foreach (WireHistogram histogram in series.Histograms)
            {
                Assert.True(HistogramMessage.TryParse(
                    histogram.ToByteArray(), out HistogramMessage ours));
                text.Append(PayloadText.OfHistogram(ours)).Append(histogram.Sum);
            }

            foreach (ExemplarMessage exemplar in series.Exemplars)
            {
                foreach (uint reference in exemplar.LabelsRefs)
                {
                    text.Append(message.Symbols[(int)reference]).Append('=');
                }

                text.Append(exemplar.Timestamp).Append('@').Append(BitConverter.DoubleToInt64Bits(exemplar.Value)).Append(' ');
            }

            MetadataMessage metadata = series.Metadata ?? new MetadataMessage();
            text.Append(metadata.Type).Append('|').Append(metadata.HelpRef).Append('|').Append(metadata.UnitRef)
                .Append('|').Append(series.CreatedTimestamp).Append('\n');
        }

        return text.ToString();
    }

    private static bool TryDescribe(ReadOnlySpan<byte> message, out string described)
    {
        StringBuilder text = new();
        WriteRequestV2Reader reader = new(message, new SymbolIndex());
        WriteRequestItem item;
        while ((item = reader.Next()) == WriteRequestItem.TimeSeries)
        {
            TimeSeriesV2 series = reader.TimeSeries;
            ScalarsOf labels = series.LabelRefs;
            while (labels.MoveNext())
            {
                text.Append(PayloadText.Utf8(reader.Symbol(labels.Current))).Append(' ');
            }

            foreach (ReadOnlySpan<byte> part in series.Samples)
            {
                Assert.True(SampleV2.TryParse(part, out SampleV2 sample));
                text.Append(sample.TimestampMs).Append('@').Append(BitConverter.DoubleToInt64Bits(sample.Value))
                    .Append('@').Append(sample.StartTimestampMs).Append(' ');
            }

            foreach (ReadOnlySpan<byte> part in series.Histograms)
            {
                Assert.True(HistogramMessage.TryParse(part, out HistogramMessage histogram));
                text.Append(PayloadText.OfHistogram(histogram)).Append(histogram.Sum);
            }

            foreach (ReadOnlySpan<byte> part in series.Exemplars)
            {
                Assert.True(ExemplarV2.TryParse(part, out ExemplarV2 exemplar));
                ScalarsOf references = exemplar.LabelRefs;
                while (references.MoveNext())
                {
                    text.Append(PayloadText.Utf8(reader.Symbol(references.Current))).Append('=');
                }

                text.Append(exemplar.TimestampMs).Append('@').Append(BitConverter.DoubleToInt64Bits(exemplar.Value)).Append(' ');
            }

            text.Append(series.Metadata.Type).Append('|').Append(series.Metadata.HelpRef).Append('|')
                .Append(series.Metadata.UnitRef).Append('|').Append(series.CreatedTimestampMs).Append('\n');
        }

        described = text.ToString();
        return item == WriteRequestItem.End;
    }

    private static RequestMessage? TryParse(byte[] message)
    {
        try
        {
            return RequestMessage.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
