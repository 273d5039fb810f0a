using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Sends bodies of remote write 1.0 to one endpoint and reads the answers. Thread-safe; never throws for what the network does.</summary>
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
    public async Task<WriteAnswer> SendAsync(ReadOnlyMemory<byte> body, int attempt, CancellationToken cancel)
    {
        using HttpRequestMessage request = NewRequest(body, attempt);
        if (authorizer is not null && !authorizer.TrySign(request, body.Span, out string? reason))
        {
            return new WriteAnswer(WriteVerdict.Retry, "no_credentials", reason);
        }

        using CancellationTokenSource timeout = new(options.RemoteTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(request, either.Token);
            return answer.IsSuccessStatusCode
                ? WriteAnswer.Delivered
                : RefusalReader.Read(
                    answer.StatusCode,
                    await ReadTextAsync(answer.Content, either.Token),
                    RetryAfter(answer.Headers.RetryAfter));
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

    private HttpRequestMessage NewRequest(ReadOnlyMemory<byte> body, int attempt)
    {
        HttpRequestMessage request = new(HttpMethod.Post, options.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-protobuf");
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "snappy");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        request.Headers.TryAddWithoutValidation("X-Prometheus-Remote-Write-Version", "0.1.0");
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
