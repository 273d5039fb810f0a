using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>Bodies of remote write requests.</summary>
internal static class WriteBodies
{
    /// <summary>Series of one name and label <c>i</c>, packed as they are sent.</summary>
    public static byte[] Encode(WriteProtocol protocol, int series, int samplesEach)
    {
        ByteBuffer message = new();
        if (protocol == WriteProtocol.V1)
        {
            EncodeV1(message, series, samplesEach);
        }
        else
        {
            EncodeV2(message, series, samplesEach);
        }

        byte[] packed = new byte[Snappy.MaxEncodedLength(message.Length)];
        return packed[..Snappy.Encode(message.Written, packed)];
    }

    private static void EncodeV1(ByteBuffer message, int series, int samplesEach)
    {
        for (int index = 0; index < series; index++)
        {
            ByteBuffer labels = new();
            WriteRequestV1Writer.AppendLabel(labels, "__name__"u8, "up"u8);
            WriteRequestV1Writer.AppendLabel(labels, "i"u8, System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant($"{index}")));
            ByteBuffer samples = new();
            for (int sample = 0; sample < samplesEach; sample++)
            {
                WriteRequestV1Writer.AppendSample(samples, 1000 * sample, sample);
            }

            WriteRequestV1Writer.AppendTimeSeries(message, labels.Written, samples.Written);
        }
    }

    private static void EncodeV2(ByteBuffer message, int series, int samplesEach)
    {
        WriteRequestV2Writer writer = new();
        for (int index = 0; index < series; index++)
        {
            writer.BeginSeries();
            writer.AddLabel("__name__"u8, "up"u8);
            writer.AddLabel("i"u8, System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant($"{index}")));
            for (int sample = 0; sample < samplesEach; sample++)
            {
                writer.AddSample(1000 * sample, sample);
            }

            writer.EndSeries();
        }

        writer.CopyTo(message);
    }
}
