using System.Net;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>
/// A remote write receiver behind an HttpClient, without a network: decodes and keeps every request and answers as the test
/// says. Thread-safe.
/// </summary>
public sealed class ScriptedReceiver(TimeProvider time) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<ReceivedRequest> _requests = [];
    private readonly List<ReceivedSample> _accepted = [];

    /// <summary>Decides on a request; 204 until set. The number of requests before it comes along.</summary>
    public Func<ReceivedRequest, int, HttpResponseMessage> Answer { get; set; } =
        static (_, _) => new HttpResponseMessage(HttpStatusCode.NoContent);

    /// <summary>The network is cut: requests fail before they arrive.</summary>
    public bool Unreachable { get; set; }

    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The samples of the requests that were answered by a 2xx, in order.</summary>
    public IReadOnlyList<ReceivedSample> Accepted
    {
        get
        {
            lock (_lock)
            {
                return [.. _accepted];
            }
        }
    }

    public int AcceptedCount
    {
        get
        {
            lock (_lock)
            {
                return _accepted.Count;
            }
        }
    }

    public static HttpResponseMessage Status(int status, string text = "", string? retryAfter = null)
    {
        HttpResponseMessage answer = new((HttpStatusCode)status) { Content = new StringContent(text) };
        if (retryAfter is not null)
        {
            answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return answer;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Unreachable)
        {
            throw new HttpRequestException("connection refused");
        }

        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        ReceivedRequest received = Decode(time.GetUtcNow(), request, body);
        lock (_lock)
        {
            HttpResponseMessage answer = Answer(received, _requests.Count);
            _requests.Add(received);
            if (answer.IsSuccessStatusCode)
            {
                _accepted.AddRange(received.Samples);
            }

            return answer;
        }
    }

    private static ReceivedRequest Decode(DateTimeOffset at, HttpRequestMessage request, byte[] body)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in request.Headers.NonValidated)
        {
            headers[name] = values.ToString();
        }

        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in request.Content!.Headers.NonValidated)
        {
            headers[name] = values.ToString();
        }

        if (!Snappy.TryGetDecodedLength(body, out int length))
        {
            throw new InvalidDataException("the body is no Snappy block");
        }

        byte[] message = new byte[length];
        if (!Snappy.TryDecode(body, message, out _))
        {
            throw new InvalidDataException("the body does not decode");
        }

        List<ReceivedSample> samples = [];
        List<MetricMetadata> metadata = [];
        WriteRequestV1Reader reader = new(message);
        for (WriteRequestItem item = reader.Next(); item != WriteRequestItem.End; item = reader.Next())
        {
            switch (item)
            {
                case WriteRequestItem.TimeSeries:
                    AddSamples(reader.TimeSeries, samples);
                    break;
                case WriteRequestItem.Metadata:
                    MetricMetadataV1 entry = reader.Metadata;
                    metadata.Add(new MetricMetadata(
                        Text(entry.Family), (MetricType)entry.Type, Text(entry.Help), Text(entry.Unit)));
                    break;
                default:
                    throw new InvalidDataException($"the message is malformed at byte {reader.ErrorOffset}");
            }
        }

        return new ReceivedRequest(at, headers, body, samples, metadata);
    }

    private static void AddSamples(TimeSeriesV1 series, List<ReceivedSample> samples)
    {
        StringBuilder labels = new();
        foreach (LabelPairsV1 label in series.Labels)
        {
            labels.Append(labels.Length > 0 ? "," : "").Append(Text(label.Name)).Append('=').Append(Text(label.Value));
        }

        foreach (SamplesV1 sample in series.Samples)
        {
            samples.Add(new ReceivedSample(labels.ToString(), sample.TimestampMs, sample.Value));
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
