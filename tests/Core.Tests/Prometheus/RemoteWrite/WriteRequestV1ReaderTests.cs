using System.Text;
using AmpEdge.Core.Tests.Prometheus.RemoteWrite.Wire;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Google.Protobuf;
using Xunit;
using HistogramMessage = AmpEdge.Core.Tests.Prometheus.RemoteWrite.Wire.HistogramMessage;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

public sealed class WriteRequestV1ReaderTests
{
    [Fact]
    public void Random_messages_are_read_as_the_generated_classes_wrote_them()
    {
        Gen gen = Gen.Create(5);
        for (int round = 0; round < 300; round++)
        {
            WriteRequestMessage message = SomeMessage(gen);
            AssertSame(message, message.ToByteArray(), $"{gen} round {round}");
        }
    }

    [Fact]
    public void A_damaged_message_is_malformed_or_read_as_the_generated_classes_read_it()
    {
        Gen gen = Gen.Create(6);
        int malformed = 0;
        int compared = 0;
        for (int round = 0; round < 5000; round++)
        {
            byte[] damaged = gen.Mutate(SomeMessage(gen).ToByteArray());
            if (!TryDescribe(damaged, out string ours))
            {
                malformed++;
                continue;
            }

            // What we take must mean the same to the generated classes, unless they look into what we skip.
            if (TryParse(damaged) is { } theirs)
            {
                compared++;
                Assert.True(Describe(theirs) == ours, $"{gen} round {round}");
            }
        }

        Assert.InRange(malformed, 500, 5000);
        Assert.InRange(compared, 500, 5000);
    }

    [Fact]
    public void A_message_cut_at_any_byte_never_yields_half_a_series()
    {
        byte[] message = SomeMessage(Gen.Create(7)).ToByteArray();
        for (int cut = 0; cut < message.Length; cut++)
        {
            if (TryDescribe(message.AsSpan(0, cut), out string whole))
            {
                Assert.StartsWith(whole, Describe(WriteRequestMessage.Parser.ParseFrom(message)), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("0A", "a length that is missing")]
    [InlineData("0A05", "a length beyond the end")]
    [InlineData("08", "a series of another wire type")]
    [InlineData("0A020801", "a label of another wire type")]
    [InlineData("0A0412020801", "a value of another wire type")]
    [InlineData("00", "field number 0")]
    [InlineData("0A0B12090900000000000000", "a value that is cut off")]
    [InlineData("2B34", "a group that ends as another")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01", "a tag over 64 bits")]
    public void A_malformed_message_is_a_value(string hex, string what)
    {
        WriteRequestV1Reader reader = new(Convert.FromHexString(hex));

        Assert.True(reader.Next() == WriteRequestItem.Malformed, what);
        Assert.True(reader.Next() == WriteRequestItem.Malformed, what);
    }

    [Theory]
    [InlineData(-0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.Epsilon)]
    public void Every_bit_of_a_value_arrives(double value)
    {
        foreach (double sent in (double[])[value, BitConverter.UInt64BitsToDouble(StaleMarker.Bits)])
        {
            ByteBuffer request = new();
            WriteRequestV1Writer.AppendTimeSeries(request, [], -1, sent);
            WriteRequestV1Reader reader = new(request.Written);

            Assert.Equal(WriteRequestItem.TimeSeries, reader.Next());
            SamplesV1 samples = reader.TimeSeries.Samples;
            Assert.True(samples.MoveNext());
            Assert.Equal(BitConverter.DoubleToInt64Bits(sent), BitConverter.DoubleToInt64Bits(samples.Value));
            Assert.Equal(-1, samples.TimestampMs);
        }
    }

    [Fact]
    public void Unknown_fields_of_every_wire_type_are_stepped_over()
    {
        WriteRequestMessage message = new() { Timeseries = { SomeSeries("up", 1, 2) } };
        byte[] unknown = Convert.FromHexString("50015901020304050607085D010203046201006B70016C");

        AssertSame(message, [.. unknown, .. message.ToByteArray(), .. unknown], "unknown fields");
    }

    [Fact]
    public void Fields_in_any_order_belong_to_their_series()
    {
        byte[] sample = new SampleMessage { Value = 1, Timestamp = 2 }.ToByteArray();
        byte[] label = new LabelMessage { Name = "__name__", Value = "up" }.ToByteArray();
        byte[] other = new LabelMessage { Name = "job", Value = "x" }.ToByteArray();
        byte[] series =
        [
            0x12, (byte)sample.Length, .. sample, 0x0A, (byte)label.Length, .. label,
            0x12, (byte)sample.Length, .. sample, 0x0A, (byte)other.Length, .. other,
        ];
        byte[] message = [0x0A, (byte)series.Length, .. series];

        Assert.True(TryDescribe(message, out string described));
        Assert.Equal(Describe(WriteRequestMessage.Parser.ParseFrom(message)), described);
    }

    [Fact]
    public void Histograms_and_exemplars_are_counted()
    {
        TimeSeriesMessage series = SomeSeries("h", 1, 2);
        series.Histograms.Add(new HistogramMessage { CountInt = 3, Timestamp = 4 });
        series.Exemplars.Add(new ExemplarMessage { Value = 1 });
        series.Exemplars.Add(new ExemplarMessage { Value = 2 });
        WriteRequestV1Reader reader = new(new WriteRequestMessage { Timeseries = { series } }.ToByteArray());

        Assert.Equal(WriteRequestItem.TimeSeries, reader.Next());
        Assert.Equal(1, reader.TimeSeries.HistogramCount);
        Assert.Equal(2, reader.TimeSeries.ExemplarCount);
        Assert.Equal(1, reader.TimeSeries.SampleCount);
    }

    internal static WriteRequestMessage SomeMessage(Gen gen)
    {
        WriteRequestMessage message = new();
        for (int index = gen.Int(5); index > 0; index--)
        {
            TimeSeriesMessage series = new();
            for (int label = gen.Int(5); label > 0; label--)
            {
                series.Labels.Add(new LabelMessage { Name = gen.Text("abc_é", 8), Value = gen.Text("xyz 0", 200) });
            }

            for (int sample = gen.Int(4); sample > 0; sample--)
            {
                series.Samples.Add(new SampleMessage
                {
                    Value = gen.OneIn(4) ? 0 : gen.AnyDouble(),
                    Timestamp = gen.OneIn(4) ? 0 : gen.Long() >> gen.Int(64),
                });
            }

            message.Timeseries.Add(series);
        }

        for (int index = gen.Int(3); index > 0; index--)
        {
            message.Metadata.Add(new MetadataMessage
            {
                Type = gen.Int(8), FamilyName = gen.Text("abc", 10), Help = gen.Text("help ", 40), Unit = gen.Text("s", 3),
            });
        }

        return message;
    }

    internal static string Describe(WriteRequestMessage message)
    {
        StringBuilder text = new();
        foreach (TimeSeriesMessage series in message.Timeseries)
        {
            foreach (LabelMessage label in series.Labels)
            {
                text.Append(label.Name).Append('=').Append(label.Value).Append(' ');
            }

            foreach (SampleMessage sample in series.Samples)
            {
                text.Append(sample.Timestamp).Append('@').Append(BitConverter.DoubleToInt64Bits(sample.Value)).Append(' ');
            }

            text.Append('\n');
        }

        foreach (MetadataMessage metadata in message.Metadata)
        {
            text.Append((uint)metadata.Type).Append(metadata.FamilyName).Append('|')
                .Append(metadata.Help).Append('|').Append(metadata.Unit).Append('\n');
        }

        return text.ToString();
    }

    internal static bool TryDescribe(ReadOnlySpan<byte> message, out string described)
    {
        StringBuilder text = new();
        StringBuilder metadata = new();
        WriteRequestV1Reader reader = new(message);
        WriteRequestItem item;
        while ((item = reader.Next()) is WriteRequestItem.TimeSeries or WriteRequestItem.Metadata)
        {
            if (item == WriteRequestItem.Metadata)
            {
                metadata.Append(reader.Metadata.Type).Append(Text(reader.Metadata.Family)).Append('|')
                    .Append(Text(reader.Metadata.Help)).Append('|').Append(Text(reader.Metadata.Unit)).Append('\n');
                continue;
            }

            foreach (LabelPairsV1 label in reader.TimeSeries.Labels)
            {
                text.Append(Text(label.Name)).Append('=').Append(Text(label.Value)).Append(' ');
            }

            foreach (SamplesV1 sample in reader.TimeSeries.Samples)
            {
                text.Append(sample.TimestampMs).Append('@').Append(BitConverter.DoubleToInt64Bits(sample.Value)).Append(' ');
            }

            text.Append('\n');
        }

        described = text.Append(metadata).ToString();
        return item == WriteRequestItem.End;
    }

    private static WriteRequestMessage? TryParse(byte[] message)
    {
        try
        {
            return WriteRequestMessage.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static TimeSeriesMessage SomeSeries(string name, double value, long timestampMs) => new()
    {
        Labels = { new LabelMessage { Name = "__name__", Value = name } },
        Samples = { new SampleMessage { Value = value, Timestamp = timestampMs } },
    };

    private static void AssertSame(WriteRequestMessage expected, byte[] message, string what)
    {
        Assert.True(TryDescribe(message, out string described), what);
        Assert.True(Describe(expected) == described, what);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
