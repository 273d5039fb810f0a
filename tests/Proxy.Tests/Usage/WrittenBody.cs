using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Tests.Usage;

/// <summary>Remote write bodies of both versions, one sample for each series.</summary>
internal static class WrittenBody
{
    public const string ContentTypeV2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    public static byte[] V1(params ReadOnlySpan<string> series)
    {
        ByteBuffer request = new();
        foreach (string text in series)
        {
            ByteBuffer block = new();
            foreach ((string name, string value) in LabelsOf(text))
            {
                WriteRequestV1Writer.AppendLabel(block, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
            }

            WriteRequestV1Writer.AppendTimeSeries(request, block.Written, 1_000, 1);
        }

        return Compress(request.Written);
    }

    public static byte[] V2(params ReadOnlySpan<string> series)
    {
        WriteRequestV2Writer request = new();
        foreach (string text in series)
        {
            request.BeginSeries();
            foreach ((string name, string value) in LabelsOf(text))
            {
                request.AddLabel(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
            }

            request.AddSample(1_000, 1);
            request.EndSeries();
        }

        ByteBuffer message = new();
        request.CopyTo(message);
        return Compress(message.Written);
    }

    public static byte[] Compress(ReadOnlySpan<byte> message)
    {
        byte[] body = new byte[Snappy.MaxEncodedLength(message.Length)];
        return body[..Snappy.Encode(message, body)];
    }

    /// <summary><c>name a=b c=d</c>.</summary>
    private static IEnumerable<(string Name, string Value)> LabelsOf(string text)
    {
        string[] parts = text.Split(' ');
        yield return ("__name__", parts[0]);
        foreach (string part in parts[1..])
        {
            string[] pair = part.Split('=');
            yield return (pair[0], pair[1]);
        }
    }
}
