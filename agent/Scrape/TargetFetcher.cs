using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using AmpEdge.Agent.Scrape.Plain;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Fetches the pages of one target over HTTP. A target that misbehaves is a result, not an exception.</summary>
internal sealed class TargetFetcher : IDisposable
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
    private readonly List<KeyValuePair<string, string>> _fields;
    private readonly ScrapeThread? _thread;
    private PlainClient? _plain;
    private long _lastPageBytes;

    /// <param name="client">Sends requests; shared by the targets of a job.</param>
    /// <param name="url">What is fetched.</param>
    /// <param name="timeout">For the whole exchange, body included.</param>
    /// <param name="options">The job's settings.</param>
    /// <param name="time">The clock of the time-out.</param>
    /// <param name="thread">Where scrapes begin, if they do so on a thread of their own.</param>
    public TargetFetcher(
        HttpMessageInvoker client, Uri url, TimeSpan timeout, FetchOptions options, TimeProvider time, ScrapeThread? thread = null)
    {
        _client = client;
        _url = url;
        _timeout = timeout;
        _options = options;
        _time = time;
        _thread = thread;
        _fields =
        [
            new("Accept", options.Accept),
            new("Accept-Encoding", options.EnableCompression ? "gzip" : "identity"),
            new("User-Agent", options.UserAgent),
            new("X-Prometheus-Scrape-Timeout-Seconds", timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
        ];
        if (thread is not null && options.IsPlain && url.Scheme == Uri.UriSchemeHttp && url.UserInfo.Length == 0)
        {
            _plain = new PlainClient(url, _fields, thread);
        }
    }

    /// <summary>
    /// Fetches once, and hands out the page part by part; a consumer that returns false has seen enough. Throws only when
    /// <paramref name="stop"/> ends the target's life. One scrape at a time.
    /// </summary>
    public Task<FetchResult> FetchAsync(Func<TargetPage, bool> takePart, CancellationToken stop) =>
        FetchAsync(_plain, takePart, stop);

    /// <summary>As <see cref="FetchAsync(Func{TargetPage, bool}, CancellationToken)"/>, beside a scrape that may be under way.</summary>
    public Task<FetchResult> FetchAsideAsync(Func<TargetPage, bool> takePart, CancellationToken stop) =>
        FetchAsync(plain: null, takePart, stop);

    public void Dispose() => _plain?.Dispose();

    private async Task<FetchResult> FetchAsync(PlainClient? plain, Func<TargetPage, bool> takePart, CancellationToken stop)
    {
        using CancellationTokenSource timeout = new(LongWait.Bounded(_timeout), _time);
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            return (plain is null ? null : await ExchangePlainlyAsync(plain, takePart, cancel.Token))
                ?? await ExchangeAsync(takePart, cancel.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return FetchResult.Failed($"Get \"{_url}\": context deadline exceeded");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException or SocketException)
        {
            return FetchResult.Failed($"Get \"{_url}\": {Reason(error)}");
        }
    }

    /// <summary>Null when the target answers in a way that needs the general client: it is left to that from now on.</summary>
    private async ValueTask<FetchResult?> ExchangePlainlyAsync(
        PlainClient plain, Func<TargetPage, bool> takePart, CancellationToken cancel)
    {
        if (!IsShortWork())
        {
            await LeaveThreadAsync();
        }

        try
        {
            if (await plain.AskAsync(cancel) is { } head)
            {
                return head.Status == (int)HttpStatusCode.OK
                    ? await ReadPageAsync(plain.Body, head.ContentType, head.IsGzip, takePart, cancel)
                    : Refused(head.Status, head.Reason);
            }
        }
        finally
        {
            plain.EndExchange();
        }

        _plain = null;
        plain.Dispose();
        return null;
    }

    private async Task<FetchResult> ExchangeAsync(Func<TargetPage, bool> takePart, CancellationToken cancel)
    {
        using HttpRequestMessage request = CreateRequest();
        using HttpResponseMessage response = await _client.SendAsync(request, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Refused((int)response.StatusCode, response.ReasonPhrase);
        }

        string contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString()
            : "";
        await using Stream body = await response.Content.ReadAsStreamAsync(cancel);
        return await ReadPageAsync(body, contentType, response.Content.Headers.ContentEncoding.Contains("gzip"), takePart, cancel);
    }

    private async Task<FetchResult> ReadPageAsync(
        Stream body, string contentType, bool isGzip, Func<TargetPage, bool> takePart, CancellationToken cancel)
    {
        if (!MediaTypes.TryChoose(contentType, _options.Fallback, out ExpositionFormat format, out string? problem))
        {
            return FetchResult.Failed(problem ?? "no parser for the page");
        }

        long limit = _options.BodySizeLimit > 0 ? _options.BodySizeLimit : LargestPageBytes;
        using TargetPage page = new(format, limit, _lastPageBytes + 1024);
        if (!isGzip)
        {
            return await ReadAsync(page, body, takePart, cancel);
        }

        await using GZipStream plain = new(body, CompressionMode.Decompress, leaveOpen: true);
        return await ReadAsync(page, plain, takePart, cancel);
    }

    private async Task<FetchResult> ReadAsync(
        TargetPage page, Stream body, Func<TargetPage, bool> takePart, CancellationToken cancel)
    {
        while (true)
        {
            if (!await page.FillAsync(body, cancel))
            {
                return new FetchResult(page.Problem, page.OverBodyLimit ? -1 : page.BodyBytes);
            }

            if (!takePart(page) || page.IsLast)
            {
                break;
            }

            await LeaveThreadAsync();
        }

        _lastPageBytes = page.BodyBytes;
        return new FetchResult(null, page.BodyBytes);
    }

    /// <summary>Whether the page is known to be short, and the next scrape is not due yet.</summary>
    private bool IsShortWork() =>
        _lastPageBytes is > 0 and <= PageWindow.UsualBytes && _thread?.SpareTime(_timeout) > TimeSpan.Zero;

    /// <summary>Goes on on another thread than the one on which scrapes begin.</summary>
    private async Task LeaveThreadAsync()
    {
        if (_thread is { IsCurrent: true })
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }

    private static FetchResult Refused(int status, string? reason) =>
        FetchResult.Failed($"server returned HTTP status {status} {reason}".TrimEnd());

    private HttpRequestMessage CreateRequest()
    {
        HttpRequestMessage request = new(HttpMethod.Get, _url);
        foreach ((string name, string value) in _fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

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
