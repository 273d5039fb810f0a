using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Asks a cluster's API for lists and watches. Thread-safe.</summary>
internal sealed class ClusterClient : IDisposable
{
    /// <summary>A server whose own store does not answer replies after 60 s.</summary>
    public static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(75);

    private const int MaxErrorBytes = 64 << 10;
    private const int MaxWarnings = 100;

    private readonly Lock _warningsLock = new();
    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);
    private readonly Uri _server;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public ClusterClient(Uri server, HttpMessageInvoker http, TimeProvider time, ILogger log)
    {
        _server = server;
        _http = http;
        _time = time;
        _log = log;
    }

    /// <summary>The reply to a GET, its headers read and its status 200; the caller disposes of it.</summary>
    /// <param name="path">Path and query below the server's address.</param>
    /// <param name="what">For messages: what is asked for.</param>
    /// <param name="acceptGzip">For lists, which a server compresses when they are large.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="KubernetesException">There was no such reply.</exception>
    public async Task<HttpResponseMessage> GetAsync(string path, string what, bool acceptGzip, CancellationToken cancel)
    {
        using CancellationTokenSource timeout = new(ReplyTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        HttpResponseMessage? response = null;
        try
        {
            using HttpRequestMessage request = CreateRequest(path, acceptGzip);
            response = await _http.SendAsync(request, either.Token);
            LogWarnings(response);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw await RefusalAsync(response, what, either.Token);
            }

            HttpResponseMessage good = response;
            response = null;
            return good;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new KubernetesTimeoutException(what, ReplyTimeout);
        }
        catch (HttpRequestException error)
        {
            throw new KubernetesConnectionException(what, error);
        }
        catch (IOException error) when (error is not KubernetesException)
        {
            throw new KubernetesConnectionException(what, error);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>What a status says, whichever way it came.</summary>
    public static KubernetesStatusException Refusal(string what, int code, StatusJson? status, string text, TimeSpan? retryAfter) =>
        new(code, what, Cut(status?.Message ?? text))
        {
            RetryAfter = retryAfter
                ?? (status?.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null),
        };

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage CreateRequest(string path, bool acceptGzip)
    {
        // Put together as text: a Uri would take %2F and the like apart.
        string prefix = _server.AbsoluteUri.TrimEnd('/');
        HttpRequestMessage request = new(HttpMethod.Get, new Uri(prefix + path));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        if (acceptGzip)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }

        return request;
    }

    private async Task<KubernetesException> RefusalAsync(HttpResponseMessage response, string what, CancellationToken cancel)
    {
        byte[] body = new byte[MaxErrorBytes];
        int length;
        await using (Stream stream = await response.Content.ReadAsStreamAsync(cancel))
        {
            length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel);
        }

        StatusJson? status = null;
        try
        {
            status = JsonSerializer.Deserialize(body.AsSpan(0, length), KubernetesJson.Default.StatusJson);
        }
        catch (JsonException)
        {
            // A text, as some refusals are; it is shown as it is.
        }

        string text = Encoding.UTF8.GetString(body, 0, length).Trim();
        return Refusal(what, (int)response.StatusCode, status, text, RetryAfter(response.Headers.RetryAfter));
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);

    /// <summary>Each text once: a deprecation stands in every reply.</summary>
    private void LogWarnings(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Warning", out HeaderStringValues warnings))
        {
            return;
        }

        foreach (string warning in warnings)
        {
            bool isNew;
            lock (_warningsLock)
            {
                isNew = _warnings.Count < MaxWarnings && _warnings.Add(warning);
            }

            if (isNew)
            {
                KubernetesLog.ServerWarns(_log, _server.Authority, Cut(warning));
            }
        }
    }

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500] + "…";
}
