using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// Series with a sample a minute whose value is the number of the minute, written request by request: what is missing later
/// can be told.
/// </summary>
public sealed class MinuteSeries
{
    public const long MinuteMs = 60_000;

    /// <summary>Minutes in one request.</summary>
    public const int Span = 10;

    private readonly List<byte[]> _labels = [];

    /// <summary>Adds series of a metric, whose label <c>n</c> counts them.</summary>
    public void Add(string metric, int count)
    {
        for (int number = 0; number < count; number++)
        {
            ByteBuffer labels = new();
            WriteRequestV1Writer.AppendLabel(labels, "__name__"u8, Encoding.UTF8.GetBytes(metric));
            WriteRequestV1Writer.AppendLabel(labels, "n"u8, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
            _labels.Add(labels.Written.ToArray());
        }
    }

    /// <summary>Writes the minutes from one on; the answer, or null when there was none.</summary>
    public async Task<HttpResponseMessage?> TryWriteAsync(
        RunningProgram server, long firstMinute, string path = "/api/v1/write")
    {
        using ByteArrayContent content = new(Encode(firstMinute));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        content.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        try
        {
            return await server.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException)
        {
            // The server is gone.
            return null;
        }
    }

    /// <summary>A minute as the API wants it.</summary>
    public static string Seconds(long minute) => (minute * 60).ToString(CultureInfo.InvariantCulture);

    private byte[] Encode(long firstMinute)
    {
        ByteBuffer message = new();
        long[] times = new long[Span];
        double[] values = new double[Span];
        for (int index = 0; index < Span; index++)
        {
            times[index] = (firstMinute + index) * MinuteMs;
            values[index] = firstMinute + index;
        }

        foreach (byte[] labels in _labels)
        {
            WriteRequestV1Writer.AppendTimeSeries(message, labels, times, values);
        }

        byte[] body = new byte[Snappy.MaxEncodedLength(message.Length)];
        return body[..Snappy.Encode(message.Written, body)];
    }
}
