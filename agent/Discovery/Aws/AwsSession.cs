using System.Net;
using System.Text.Json;
using System.Xml;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.SigV4;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Signed requests to services of AWS in one region, with one set of credentials. A request that is throttled, or
/// meets the service's own trouble, is tried again after growing random waits; expired credentials are looked up anew,
/// once.
/// </summary>
/// <remarks>Safe for concurrent use; <see cref="AwsDiscoveryConfig.RequestConcurrency"/> bounds the requests under way.</remarks>
internal sealed class AwsSession : IDisposable
{
    /// <summary>One more would come later than the next refresh.</summary>
    private const int MaxTries = 6;

    private const int MaxErrorBytes = 64 << 10;

    /// <summary>Half of each wait is random: agents that were throttled together must not come back together.</summary>
    private const double WaitJitter = 0.5;

    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(30);

    // The SDK's chain may wait half a minute for an instance metadata service that is not there.
    private static readonly TimeSpan s_credentialsTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_minWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(20);

    private readonly Lock _randomLock = new();
    private readonly AwsDiscoveryConfig _config;
    private readonly HttpMessageInvoker _http;
    private readonly ICredentialProvider _credentials;
    private readonly AwsSurroundings _surroundings;
    private readonly AwsMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly SemaphoreSlim _slots;

    /// <summary>Providers are asked by one caller at a time; they answer at once while credentials are fresh.</summary>
    private readonly SemaphoreSlim _credentialsTurn = new(1, 1);
    private volatile string? _region;

    /// <param name="config">Region, endpoint and how many requests at once.</param>
    /// <param name="http">Carries requests; disposed of with this.</param>
    /// <param name="credentials">What requests are signed with; disposed of with this.</param>
    /// <param name="surroundings">Where services are, and which region, when the configuration does not say.</param>
    /// <param name="metrics">Counts requests.</param>
    /// <param name="time">The clock of signatures and waits.</param>
    /// <param name="random">Varies waits.</param>
    public AwsSession(
        AwsDiscoveryConfig config,
        HttpMessageInvoker http,
        ICredentialProvider credentials,
        AwsSurroundings surroundings,
        AwsMetrics metrics,
        TimeProvider time,
        Random random)
    {
        _config = config;
        _http = http;
        _credentials = credentials;
        _surroundings = surroundings;
        _metrics = metrics;
        _time = time;
        _random = random;
        _slots = new SemaphoreSlim(config.RequestConcurrency);
        _region = config.Region.Length > 0 ? config.Region : null;
    }

    /// <summary>The configured region, or the one of the surroundings, which is kept once found.</summary>
    /// <exception cref="DiscoveryException">Nobody knows a region.</exception>
    public async Task<string> RegionAsync(CancellationToken cancel)
    {
        // The last place to look is the instance metadata service, which blocks for seconds where there is none.
        _region ??= await Task.Run(_surroundings.FindRegion, cancel).WaitAsync(s_credentialsTimeout, _time, cancel);
        return _region ?? throw new DiscoveryException(
            "no region: none is in the configuration, AWS_REGION, the AWS profile or the instance metadata; set region");
    }

    /// <summary>Sends a request until it succeeds or must be given up; the answer's body is read as it arrives.</summary>
    /// <param name="call">What to ask.</param>
    /// <param name="read">Reads the answer. A body that ends early or is malformed leaves it as an exception.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="AwsApiException">The service refused it.</exception>
    /// <exception cref="DiscoveryException">It could not be sent, or the answer could not be read.</exception>
    public async Task<TAnswer> CallAsync<TAnswer>(
        AwsCall call, Func<Stream, CancellationToken, Task<TAnswer>> read, CancellationToken cancel)
    {
        await _slots.WaitAsync(cancel);
        try
        {
            return await TryAgainAsync(call, read, cancel);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        (_credentials as IDisposable)?.Dispose();
        _slots.Dispose();
        _credentialsTurn.Dispose();
    }

    private async Task<TAnswer> TryAgainAsync<TAnswer>(
        AwsCall call, Func<Stream, CancellationToken, Task<TAnswer>> read, CancellationToken cancel)
    {
        Backoff waits = new(s_minWait, s_maxWait, NewRandom(), WaitJitter);
        bool forgotten = false;
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await SendAsync(call, read, cancel);
            }
            catch (AwsApiException expired) when (expired.IsExpiredToken && !forgotten)
            {
                forgotten = true;
                _credentials.Forget();
            }
            catch (DiscoveryException failed) when (MayPass(failed, call) && tries < MaxTries)
            {
                await Task.Delay(waits.Next(null), _time, cancel);
            }
        }
    }

    /// <summary>Whether the same request may succeed later: the network's trouble passes like the service's own.</summary>
    private bool MayPass(DiscoveryException failed, AwsCall call)
    {
        if (failed is AwsApiException { IsThrottling: true })
        {
            _metrics.Throttled(call.Service, call.Operation).Increment();
        }

        return failed is AnswerLostException or AwsApiException { IsThrottling: true } or AwsApiException { IsServerError: true };
    }

    private async Task<TAnswer> SendAsync<TAnswer>(
        AwsCall call, Func<Stream, CancellationToken, Task<TAnswer>> read, CancellationToken cancel)
    {
        string region = await RegionAsync(cancel);
        AwsCredentials credentials = await FindCredentialsAsync(cancel);
        using HttpRequestMessage request = CreateRequest(call, region, credentials);
        _metrics.Requests(call.Service, call.Operation).Increment();
        using CancellationTokenSource timeout = new(s_requestTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                string errorType = response.Headers.TryGetValues("x-amzn-ErrorType", out IEnumerable<string>? values)
                    ? string.Join(',', values)
                    : "";
                ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(response, MaxErrorBytes, either.Token);
                throw AwsErrorReader.Read(call.ToString(), response.StatusCode, errorType, body);
            }

            await using Stream answer = await BoundedBody.OpenAsync(response, either.Token);
            return await read(answer, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new AnswerLostException($"{call}: no answer within {s_requestTimeout.TotalSeconds:0}s");
        }
        catch (Exception error) when (
            error is HttpRequestException or IOException or XmlException or JsonException or InvalidDataException)
        {
            throw new AnswerLostException($"{call}: {error.Message}", error);
        }
    }

    private async Task<AwsCredentials> FindCredentialsAsync(CancellationToken cancel)
    {
        await _credentialsTurn.WaitAsync(cancel);
        try
        {
            ResolvedCredentials found = await Task.Run(() => _credentials.ResolveAsync(cancel), cancel)
                .WaitAsync(s_credentialsTimeout, _time, cancel);
            return found.Credentials;
        }
        catch (Exception missing) when (missing is not OperationCanceledException)
        {
            throw new DiscoveryException($"no AWS credentials: {missing.Message}", missing);
        }
        finally
        {
            _credentialsTurn.Release();
        }
    }

    private HttpRequestMessage CreateRequest(AwsCall call, string region, AwsCredentials credentials)
    {
        bool isOwn = call.Service == _config.Role && _config.Endpoint.Length > 0;
        Uri endpoint = isOwn ? new Uri(_config.Endpoint) : _surroundings.Endpoints.Find(call.Service, region);
        HttpRequestMessage request = new(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(call.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        if (call.Target is { } target)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        }

        new HttpRequestSigner(new SigV4Signer(new SigningScope(region, call.Service)), _time)
            .Sign(request, call.Body, credentials);
        return request;
    }

    private Random NewRandom()
    {
        lock (_randomLock)
        {
            return new Random(_random.Next());
        }
    }
}
