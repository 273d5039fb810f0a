using System.Globalization;
using System.IO.Compression;
using System.Net;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Fetches the pages of one target over HTTP. A target that misbehaves is a result, not an exception.</summary>
internal sealed class TargetFetcher
{
    /// <summary>
    /// Where the configuration sets no limit: no honest page is that large, and a packed one must not take the process
    /// down with it.
    /// </summary>
    private const long LargestPageBytes = 512L << 20;

    private readonly HttpMessageInvoker _client;
    private readonly Uri _url;
    private readonly TimeSpan _timeout;
    private readonly FetchOptions _options;
    private readonly TimeProvider _time;
    private readonly string _timeoutHeader;
    private int _lastPageBytes;

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

    /// <summary>Fetches once. Throws only when <paramref name="stop"/> ends the target's life.</summary>
    public async Task<FetchResult> FetchAsync(CancellationToken stop)
    {
        using CancellationTokenSource timeout = new(_timeout, _time);
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            return await ExchangeAsync(cancel.Token);
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

    private async Task<FetchResult> ExchangeAsync(CancellationToken cancel)
    {
        using HttpRequestMessage request = CreateRequest();
        using HttpResponseMessage response = await _client.SendAsync(request, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return FetchResult.Failed(
                $"server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
        }

        PageBuffer page = new(_lastPageBytes + 1024);
        bool complete = false;
        try
        {
            complete = await TryReadAsync(response, page, cancel);
            return complete ? Accept(response, page) : FetchResult.Failed("body size limit exceeded", overBodyLimit: true);
        }
        finally
        {
            if (!complete)
            {
                page.Dispose();
            }
        }
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

    private async Task<bool> TryReadAsync(HttpResponseMessage response, PageBuffer page, CancellationToken cancel)
    {
        long limit = _options.BodySizeLimit > 0 ? _options.BodySizeLimit : LargestPageBytes;
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        bool isGzip = response.Content.Headers.ContentEncoding.Contains("gzip");
        if (!isGzip)
        {
            return await page.TryReadAsync(body, limit, cancel);
        }

        await using GZipStream plain = new(body, CompressionMode.Decompress);
        return await page.TryReadAsync(plain, limit, cancel);
    }

    private FetchResult Accept(HttpResponseMessage response, PageBuffer page)
    {
        _lastPageBytes = page.Length;
        string contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString()
            : "";
        if (!MediaTypes.TryChoose(contentType, _options.Fallback, out ExpositionFormat format, out string? problem))
        {
            page.Dispose();
            return FetchResult.Failed(problem ?? "no parser for the page");
        }

        if (format == ExpositionFormat.Protobuf)
        {
            page.Dispose();
            return FetchResult.Failed(
                "the target answered with protobuf, which this agent does not parse: "
                + "leave PrometheusProto out of scrape_protocols");
        }

        if (format != ExpositionFormat.OpenMetrics100)
        {
            page.EndWithLineBreak();
        }

        return new FetchResult(page, format, "");
    }

    /// <summary>What a refused connection says names the address; what other failures say first names nothing.</summary>
    private static string Reason(Exception error) => error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => error.Message,
        HttpRequestException { InnerException: { } inner } => Reason(inner),
        _ => error.Message,
    };
}
