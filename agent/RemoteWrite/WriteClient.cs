using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Sends bodies of remote write to one endpoint and reads the answers. Thread-safe; never throws for what the network does.</summary>
/// <param name="options">The endpoint.</param>
/// <param name="http">Does basic auth, bearer tokens, TLS, proxies and connections.</param>
/// <param name="authorizer">Signs requests; null for none.</param>
/// <param name="time">The clock of time-outs and of <c>Retry-After</c> dates.</param>
internal sealed class WriteClient(
    DestinationOptions options, HttpMessageInvoker http, RequestAuthorizer? authorizer, TimeProvider time)
{
    private const int MaxAnswerBytes = 4096;
    private const int MaxMessageLength = 200;

    /// <summary>Sends once. <paramref name="attempt"/> is 0 for the first try of a body.</summary>
    public async Task<WriteAnswer> SendAsync(
        ReadOnlyMemory<byte> body, WriteProtocol protocol, int attempt, CancellationToken cancel)
    {
        using HttpRequestMessage request = NewRequest(body, protocol, attempt);
        if (authorizer is not null && !authorizer.TrySign(request, body.Span, out string? reason))
        {
            return new WriteAnswer(WriteVerdict.Retry, "no_credentials", reason);
        }

        using CancellationTokenSource timeout = new(LongWait.Bounded(options.RemoteTimeout), time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(request, either.Token);
            return await ReadAsync(answer, protocol, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new WriteAnswer(
                WriteVerdict.Retry, "timeout", $"no answer within remote_timeout {options.RemoteTimeout.TotalSeconds:0.###}s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new WriteAnswer(WriteVerdict.Retry, "network", Cut(failure.Message));
        }
    }

    /// <summary>A text from outside, short enough for a log line.</summary>
    internal static string Cut(string text) => text.Length <= MaxMessageLength ? text : text[..MaxMessageLength] + "…";

    private async Task<WriteAnswer> ReadAsync(HttpResponseMessage answer, WriteProtocol protocol, CancellationToken cancel)
    {
        EntryCounts? written = protocol == WriteProtocol.V2 ? WrittenOf(answer.Headers) : null;
        if (answer.IsSuccessStatusCode)
        {
            return protocol == WriteProtocol.V1
                ? WriteAnswer.Delivered
                : written is null ? Unconfirmed(answer.StatusCode) : PartlyWritten(answer.StatusCode, written.Value);
        }

        string text = await ReadTextAsync(answer.Content, cancel);
        if (protocol == WriteProtocol.V2 && answer.StatusCode == HttpStatusCode.UnsupportedMediaType)
        {
            return new WriteAnswer(WriteVerdict.WrongVersion, "status_415", $"415: {Cut(text)}");
        }

        return RefusalReader.Read(answer.StatusCode, text, RetryAfter(answer.Headers.RetryAfter)) with { Written = written };
    }

    /// <summary>
    /// A receiver of version 1.0 that does not look at the content type finds no series in a message of version 2.0, and says
    /// that all is well. Prometheus takes such an answer for a failure, too, and does not repeat it.
    /// </summary>
    private static WriteAnswer Unconfirmed(HttpStatusCode status) => new(
        WriteVerdict.Refused,
        "unconfirmed",
        $"{(int)status} without the {WriteHeaders.SamplesWritten} header: the receiver did not confirm anything; "
        + $"if it knows only remote write 1.0, set protobuf_message: prometheus.WriteRequest");

    private static WriteAnswer PartlyWritten(HttpStatusCode status, EntryCounts written) => new(
        WriteVerdict.Delivered,
        "not_written",
        $"{(int)status}, but the receiver stored only {written.Samples} samples, {written.Histograms} histograms and {written.Exemplars} exemplars")
    {
        Written = written,
    };

    /// <summary>What the headers of version 2.0 say was stored; null when there is none of them.</summary>
    private static EntryCounts? WrittenOf(HttpResponseHeaders headers)
    {
        int? samples = CountOf(headers, WriteHeaders.SamplesWritten);
        int? histograms = CountOf(headers, WriteHeaders.HistogramsWritten);
        int? exemplars = CountOf(headers, WriteHeaders.ExemplarsWritten);
        return samples is null && histograms is null && exemplars is null
            ? null
            : new EntryCounts(samples ?? 0, histograms ?? 0, exemplars ?? 0);
    }

    /// <summary>Null when the header is absent or no count.</summary>
    private static int? CountOf(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values)
            && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count
            : null;

    private HttpRequestMessage NewRequest(ReadOnlyMemory<byte> body, WriteProtocol protocol, int attempt)
    {
        HttpRequestMessage request = new(HttpMethod.Post, options.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", WriteHeaders.ContentTypeOf(protocol));
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "snappy");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        request.Headers.TryAddWithoutValidation(WriteHeaders.Version, WriteHeaders.VersionOf(protocol));
        if (attempt > 0)
        {
            request.Headers.TryAddWithoutValidation("Retry-Attempt", attempt.ToString(CultureInfo.InvariantCulture));
        }

        foreach ((string name, string value) in options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static async Task<string> ReadTextAsync(HttpContent content, CancellationToken cancel)
    {
        byte[] start = new byte[MaxAnswerBytes];
        await using Stream stream = await content.ReadAsStreamAsync(cancel);
        int length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        string text = Encoding.UTF8.GetString(start, 0, length);

        // A text over several lines would break the log's; the first line says what is wrong.
        return text.Trim().Split('\n')[0];
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
}
