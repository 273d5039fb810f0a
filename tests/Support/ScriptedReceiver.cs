using System.Net;
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

    /// <summary>The answer of a receiver of version 2.0 that stored so much.</summary>
    public static HttpResponseMessage Written(int status, int samples, int histograms = 0, int exemplars = 0, string text = "")
    {
        HttpResponseMessage answer = Status(status, text);
        answer.Headers.TryAddWithoutValidation(WriteHeaders.SamplesWritten, $"{samples}");
        answer.Headers.TryAddWithoutValidation(WriteHeaders.HistogramsWritten, $"{histograms}");
        answer.Headers.TryAddWithoutValidation(WriteHeaders.ExemplarsWritten, $"{exemplars}");
        return answer;
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

        WriteRequestContent content = headers["Content-Type"] == WriteHeaders.ContentTypeOf(WriteProtocol.V2)
            ? WriteRequestContent.ReadV2(message)
            : WriteRequestContent.ReadV1(message);
        return new ReceivedRequest(at, headers, body, content.Samples, content.Metadata)
        {
            Message = message, SeriesCount = content.SeriesCount, Histograms = content.Histograms, Exemplars = content.Exemplars,
        };
    }
}
