using System.Text;
using System.Text.Json;
using AmpEdge.Core.Tests.Prometheus.RemoteWrite.Wire;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Google.Protobuf;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

public sealed class WriteRequestV1ReaderTests
{
    private const string Payloads = "conformance/remote_write/payloads";

    public static TheoryData<string> RecordedBodies()
    {
        TheoryData<string> bodies = [];
        if (Oracle.Has(Payloads))
        {
            foreach (string path in Directory.GetFiles(Oracle.Locate(Payloads), "v1-*.json"))
            {
                bodies.Add(Path.GetFileNameWithoutExtension(path));
            }
        }

        return bodies;
    }

    [Theory]
    [MemberData(nameof(RecordedBodies), DisableDiscoveryEnumeration = true)]
    public void A_recorded_body_is_read_as_it_was_decoded_there_and_written_again_byte_for_byte(string name)
    {
        byte[] message = Decode(File.ReadAllBytes(Oracle.Locate($"{Payloads}/{name}.snappy")));
        using JsonDocument recorded = JsonDocument.Parse(File.ReadAllText(Oracle.Locate($"{Payloads}/{name}.json")));
        JsonElement decoded = recorded.RootElement.GetProperty("decoded");

        List<string> expected = [];
        foreach (JsonElement series in Items(decoded, "timeseries"))
        {
            StringBuilder line = new();
            foreach (JsonElement label in series.GetProperty("labels").EnumerateArray())
            {
                line.Append(label[0].GetString()).Append('=').Append(label[1].GetString()).Append(' ');
            }

            foreach (JsonElement sample in Items(series, "samples"))
            {
                line.Append(sample.GetProperty("timestamp_ms").GetInt64());
            }

            expected.Add(line.ToString());
        }

        ByteBuffer again = new();
        List<string> actual = [];
        int metadata = 0;
        int skipped = 0;
        WriteRequestV1Reader reader = new(message);
        WriteRequestItem item;
        while ((item = reader.Next()) is WriteRequestItem.TimeSeries or WriteRequestItem.Metadata)
        {
            if (item == WriteRequestItem.Metadata)
            {
                metadata++;
                WriteRequestV1Writer.AppendMetadata(
                    again, reader.Metadata.Type, reader.Metadata.Family, reader.Metadata.Help, reader.Metadata.Unit);
                continue;
            }

            actual.Add(Describe(reader.TimeSeries));
            skipped += reader.TimeSeries.HistogramCount + reader.TimeSeries.ExemplarCount;
            Rewrite(reader.TimeSeries, again);
        }

        Assert.Equal(WriteRequestItem.End, item);
        Assert.Equal(expected, actual);
        Assert.Equal(Count(decoded, "metadata"), metadata);
        Assert.True(TryDescribe(message, out string before) && TryDescribe(again.Written, out string after) && before == after);
        if (skipped == 0)
        {
            Assert.Equal(message, again.Written.ToArray());
        }
    }

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
    public void Histograms_and_exemplars_are_counted_and_skipped()
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

    private static string Describe(TimeSeriesV1 series)
    {
        StringBuilder line = new();
        foreach (LabelPairsV1 label in series.Labels)
        {
            line.Append(Text(label.Name)).Append('=').Append(Text(label.Value)).Append(' ');
        }

        foreach (SamplesV1 sample in series.Samples)
        {
            line.Append(sample.TimestampMs);
        }

        return line.ToString();
    }

    private static void Rewrite(TimeSeriesV1 series, ByteBuffer target)
    {
        ByteBuffer block = new();
        foreach (LabelPairsV1 label in series.Labels)
        {
            WriteRequestV1Writer.AppendLabel(block, label.Name, label.Value);
        }

        Assert.Equal(series.RawLabels.ToArray(), block.Written.ToArray());
        long[] timestamps = new long[series.SampleCount];
        double[] values = new double[series.SampleCount];
        int index = 0;
        foreach (SamplesV1 sample in series.Samples)
        {
            timestamps[index] = sample.TimestampMs;
            values[index++] = sample.Value;
        }

        WriteRequestV1Writer.AppendTimeSeries(target, block.Written, timestamps, values);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static byte[] Decode(byte[] body)
    {
        Assert.True(Snappy.TryGetDecodedLength(body, out int length));
        byte[] message = new byte[length];
        Assert.True(Snappy.TryDecode(body, message, out _));
        return message;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement items) ? items.EnumerateArray() : default;

    private static int Count(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement items) ? items.GetArrayLength() : 0;
}
