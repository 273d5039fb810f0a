using System.Globalization;
using System.IO.Compression;
using System.Net;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Fetches the pages of one target over HTTP. A target that misbehaves is a result, not an exception.</summary>
internal sealed class TargetFetcher
{
    /// <summary>
    /// Where the configuration sets no limit: no honest page is that large, and one that has no end must end some time.
    /// </summary>
    private const long LargestPageBytes = 1L << 30;

    private readonly HttpMessageInvoker _client;
    private readonly Uri _url;
    private readonly TimeSpan _timeout;
    private readonly FetchOptions _options;
    private readonly TimeProvider _time;
    private readonly string _timeoutHeader;
    private long _lastPageBytes;

    /// <param name="client">Sends requests; shared by the targets of a job.</param>
    /// <param name="url">What is fetched.</param>
    /// <param name="timeout">For the whole exchange, body included.</param>
    /// <param name="options">The job's settings.</param>
    /// <param name="time">The clock of the time-out.</param>
    public TargetFetcher(
        HttpMessageInvoker client, Uri url, TimeSpan timeout, FetchOptions options, TimeProvider time)
    {
        _client = client;
        _url = url;
        _timeout = timeout;
        _options = options;
        _time = time;
        _timeoutHeader = timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Fetches once, and hands out the page part by part; a consumer that returns false has seen enough. Throws only when
    /// <paramref name="stop"/> ends the target's life.
    /// </summary>
    public async Task<FetchResult> FetchAsync(Func<TargetPage, bool> takePart, CancellationToken stop)
    {
        using CancellationTokenSource timeout = new(LongWait.Bounded(_timeout), _time);
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            return await ExchangeAsync(takePart, cancel.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return FetchResult.Failed($"Get \"{_url}\": context deadline exceeded");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException)
        {
            return FetchResult.Failed($"Get \"{_url}\": {Reason(error)}");
        }
    }

    private async Task<FetchResult> ExchangeAsync(Func<TargetPage, bool> takePart, CancellationToken cancel)
    {
        using HttpRequestMessage request = CreateRequest();
        using HttpResponseMessage response = await _client.SendAsync(request, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return FetchResult.Failed(
                $"server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
        }

        string contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString()
            : "";
        bool known = MediaTypes.TryChoose(contentType, _options.Fallback, out ExpositionFormat format, out string? problem);
        long limit = _options.BodySizeLimit > 0 ? _options.BodySizeLimit : LargestPageBytes;
        using TargetPage page = new(format, limit, _lastPageBytes + 1024);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        if (!known)
        {
            return FetchResult.Failed(problem ?? "no parser for the page");
        }

        if (response.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            await using GZipStream plain = new(body, CompressionMode.Decompress);
            return await ReadAsync(page, plain, takePart, cancel);
        }

        return await ReadAsync(page, body, takePart, cancel);
    }

    private async Task<FetchResult> ReadAsync(
        TargetPage page, Stream body, Func<TargetPage, bool> takePart, CancellationToken cancel)
    {
        do
        {
            if (!await page.FillAsync(body, cancel))
            {
                return new FetchResult(page.Problem, page.OverBodyLimit ? -1 : page.BodyBytes);
            }
        }
        while (takePart(page) && !page.IsLast);
        _lastPageBytes = page.BodyBytes;
        return new FetchResult(null, page.BodyBytes);
    }

    private HttpRequestMessage CreateRequest()
    {
        HttpRequestMessage request = new(HttpMethod.Get, _url);
        request.Headers.TryAddWithoutValidation("Accept", _options.Accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", _options.EnableCompression ? "gzip" : "identity");
        request.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        request.Headers.TryAddWithoutValidation("X-Prometheus-Scrape-Timeout-Seconds", _timeoutHeader);
        return request;
    }

    /// <summary>What a refused connection says names the address; what other failures say first names nothing.</summary>
    private static string Reason(Exception error) => error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => error.Message,
        HttpRequestException { InnerException: { } inner } => Reason(inner),
        _ => error.Message,
    };
}
