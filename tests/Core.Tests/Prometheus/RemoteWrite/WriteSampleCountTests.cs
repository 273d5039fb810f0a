using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

public sealed class WriteSampleCountTests
{
    [Fact]
    public void Samples_and_histograms_count_and_nothing_else_does()
    {
        Assert.True(WriteSampleCount.TryCount(Message(), WriteProtocol.V1, out int samples));
        Assert.Equal(4, samples);
    }

    [Fact]
    public void Series_of_the_second_version_count_too()
    {
        WriteRequestV2Writer writer = new();
        for (int series = 0; series < 3; series++)
        {
            writer.BeginSeries();
            writer.AddLabel("__name__"u8, "up"u8);
            writer.AddSample(1, 1);
            writer.AddSample(2, 2);
            writer.EndSeries();
        }

        ByteBuffer message = new();
        writer.CopyTo(message);

        Assert.True(WriteSampleCount.TryCount(message.Written, WriteProtocol.V2, out int samples));
        Assert.Equal(6, samples);
        Assert.True(WriteSampleCount.TryCount([], WriteProtocol.V2, out samples));
        Assert.Equal(0, samples);
    }

    [Fact]
    public void A_damaged_message_is_refused_or_counted_as_who_reads_all_of_it_counts()
    {
        Gen gen = Gen.Create(77);
        for (int round = 0; round < 2000; round++)
        {
            byte[] message = Message();
            message = message[..(message.Length - gen.Int(message.Length))];
            for (int flips = gen.Int(3); flips > 0; flips--)
            {
                message[gen.Int(message.Length)] = (byte)gen.Int(256);
            }

            bool counted = WriteSampleCount.TryCount(message, WriteProtocol.V1, out int samples);
            WriteRequestV1Reader reader = new(message);
            int expected = 0;
            WriteRequestItem item = reader.Next();
            for (; item is WriteRequestItem.TimeSeries or WriteRequestItem.Metadata; item = reader.Next())
            {
                expected += item == WriteRequestItem.TimeSeries
                    ? reader.TimeSeries.SampleCount + reader.TimeSeries.HistogramCount
                    : 0;
            }

            Assert.True(item != WriteRequestItem.End || (counted && samples == expected), gen.ToString());
        }
    }

    /// <summary>Three samples, a histogram and an exemplar in two series.</summary>
    private static byte[] Message()
    {
        ByteBuffer labels = new();
        WriteRequestV1Writer.AppendLabel(labels, "__name__"u8, "up"u8);
        ByteBuffer fields = new();
        WriteRequestV1Writer.AppendSample(fields, 1, 1);
        WriteRequestV1Writer.AppendSample(fields, 2, 2);
        WriteRequestV1Writer.AppendExemplar(fields, [], 1, 1);
        WriteRequestV1Writer.AppendHistogram(fields, []);
        ByteBuffer message = new();
        WriteRequestV1Writer.AppendTimeSeries(message, labels.Written, fields.Written);
        WriteRequestV1Writer.AppendTimeSeries(message, labels.Written, 3, 3);
        return message.Written.ToArray();
    }
}
