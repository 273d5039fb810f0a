using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Tests.Support;

/// <summary>Builds remote write 1.0 bodies, good ones and bad ones.</summary>
internal sealed class WriteBody
{
    private readonly ByteBuffer _message = new();

    /// <summary>Adds a series; labels as <c>name, value, name, value</c> in the given order.</summary>
    public WriteBody Series(string[] labels, params (long TimestampMs, double Value)[] samples)
    {
        ByteBuffer block = new();
        for (int index = 0; index < labels.Length; index += 2)
        {
            WriteRequestV1Writer.AppendLabel(
                block, Encoding.UTF8.GetBytes(labels[index]), Encoding.UTF8.GetBytes(labels[index + 1]));
        }

        long[] times = Array.ConvertAll(samples, sample => sample.TimestampMs);
        double[] values = Array.ConvertAll(samples, sample => sample.Value);
        WriteRequestV1Writer.AppendTimeSeries(_message, block.Written, times, values);
        return this;
    }

    /// <summary>Adds a series with one label, its name.</summary>
    public WriteBody Series(string name, params (long TimestampMs, double Value)[] samples) =>
        Series(["__name__", name], samples);

    /// <summary>Adds a series of native histograms with one label, its name, at equal distances.</summary>
    public WriteBody Histograms(string name, IReadOnlyList<Histogram> histograms, long startMs, long stepMs)
    {
        ByteBuffer block = new();
        WriteRequestV1Writer.AppendLabel(block, "__name__"u8, Encoding.UTF8.GetBytes(name));
        ByteBuffer fields = new();
        ByteBuffer message = new();
        for (int index = 0; index < histograms.Count; index++)
        {
            message.Clear();
            HistogramMessageWriter.Write(message, histograms[index], startMs + (index * stepMs));
            WriteRequestV1Writer.AppendHistogram(fields, message.Written);
        }

        WriteRequestV1Writer.AppendTimeSeries(_message, block.Written, fields.Written);
        return this;
    }

    public WriteBody Metadata(string family, MetricType type, string help, string unit)
    {
        WriteRequestV1Writer.AppendMetadata(
            _message, (uint)type, Encoding.UTF8.GetBytes(family), Encoding.UTF8.GetBytes(help), Encoding.UTF8.GetBytes(unit));
        return this;
    }

    /// <summary>Appends bytes as they are: fields that the writer does not write.</summary>
    public WriteBody Raw(params byte[] bytes)
    {
        _message.Append(bytes);
        return this;
    }

    /// <summary>The message without compression.</summary>
    public byte[] Message() => _message.Written.ToArray();

    /// <summary>The body as sent.</summary>
    public byte[] Compressed() => Compress(_message.Written);

    public static byte[] Compress(ReadOnlySpan<byte> message)
    {
        byte[] target = new byte[Snappy.MaxEncodedLength(message.Length)];
        return target.AsSpan(0, Snappy.Encode(message, target)).ToArray();
    }
}
