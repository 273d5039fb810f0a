using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AmpEdge.Hosting;

/// <summary>Fetches tokens and keeps one until shortly before it expires.</summary>
internal sealed class OAuth2TokenSource : IDisposable
{
    private const int MaxAnswerBytes = 1 << 20;
    private const int MaxShownBytes = 200;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    /// <summary>A token this near its end may be refused by the time it arrives.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _oneFetch = new(1);
    private readonly OAuth2Config _config;
    private readonly TimeProvider _time;
    private readonly System.Net.Http.HttpClient _client;
    private volatile Token? _token;

    /// <summary>Learned from a server that refused the header and took the body. Guarded by the one fetch at a time.</summary>
    private bool _secretInBody;

    public OAuth2TokenSource(OAuth2Config config, TimeProvider time)
    {
        _config = config;
        _time = time;
        _client = new System.Net.Http.HttpClient(new HttpTransport(config.Tls, config.Proxy, http2: true, new HttpTransportLimits()))
        {
            MaxResponseContentBufferSize = MaxAnswerBytes,

            // Ours ends requests, so that it is told from the caller's and is none of his cancellations.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private string ShownUrl => ConfigUrl.Shown(_config.TokenUrl);

    /// <exception cref="HttpRequestException">The token endpoint refuses or does not answer as it should.</exception>
    public async Task<string> GetAsync(CancellationToken cancel)
    {
        if (Fresh() is { } known)
        {
            return known;
        }

        await _oneFetch.WaitAsync(cancel);
        try
        {
            if (Fresh() is { } fetchedMeanwhile)
            {
                return fetchedMeanwhile;
            }

            Token token = await FetchAsync(cancel);
            _token = token;
            return token.Value;
        }
        finally
        {
            _oneFetch.Release();
        }
    }

    /// <summary>Throws a token away that a server has refused.</summary>
    public void Forget(string token)
    {
        if (_token?.Value == token)
        {
            _token = null;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _oneFetch.Dispose();
    }

    private string? Fresh() => _token is { } token && token.ExpiresAt > _time.GetUtcNow() + s_margin ? token.Value : null;

    private async Task<Token> FetchAsync(CancellationToken cancel)
    {
        if (_config.GrantType == OAuth2Config.JwtBearer)
        {
            return await AskAsync(
                [new("grant_type", OAuth2Config.JwtBearer), new("assertion", JwtAssertion.Sign(_config, _time.GetUtcNow()))],
                user: null, cancel);
        }

        List<KeyValuePair<string, string>> form = [new("grant_type", OAuth2Config.ClientCredentials)];
        if (_config.Scopes.Count > 0)
        {
            form.Add(new("scope", string.Join(' ', _config.Scopes)));
        }

        string secret = CredentialFile.SecretOr(_config.ClientSecret, _config.ClientSecretFile, "oauth2 client secret");
        List<KeyValuePair<string, string>> withSecret = [.. form, new("client_id", _config.ClientId), new("client_secret", secret)];
        if (_secretInBody)
        {
            return await AskAsync(withSecret, user: null, cancel);
        }

        try
        {
            // RFC 6749, 2.3.1: id and secret are form-encoded before they become user and password.
            return await AskAsync(form, $"{Uri.EscapeDataString(_config.ClientId)}:{Uri.EscapeDataString(secret)}", cancel);
        }
        catch (HttpRequestException refused) when (refused.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            // Not every server takes the header, which the RFC wants; some know the secret in the body only.
            Token token = await AskAsync(withSecret, user: null, cancel);
            _secretInBody = true;
            return token;
        }
    }

    private async Task<Token> AskAsync(List<KeyValuePair<string, string>> form, string? user, CancellationToken cancel)
    {
        form.AddRange(_config.EndpointParams);
        using HttpRequestMessage request = new(HttpMethod.Post, _config.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        if (user is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
        }

        using CancellationTokenSource timeout = new(s_timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            return await ExchangeAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"oauth2 token endpoint {ShownUrl} did not answer within {s_timeout.TotalSeconds:0}s");
        }
    }

    private async Task<Token> ExchangeAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using HttpResponseMessage response = await _client.SendAsync(request, cancel);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancel);
        if (!response.IsSuccessStatusCode)
        {
            string said = Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, MaxShownBytes)).ReplaceLineEndings(" ");
            throw new HttpRequestException(
                $"oauth2 token endpoint {ShownUrl} answered {(int)response.StatusCode}: {said}", null, response.StatusCode);
        }

        return Read(body);
    }

    private Token Read(byte[] body)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(body);
            string value = answer.RootElement.GetProperty("access_token").GetString() ?? "";
            double seconds = answer.RootElement.TryGetProperty("expires_in", out JsonElement given) && given.TryGetDouble(out double number)
                ? Math.Clamp(number, 0, TimeSpan.FromDays(365).TotalSeconds)
                : TimeSpan.FromHours(1).TotalSeconds;
            return new Token(value, _time.GetUtcNow() + TimeSpan.FromSeconds(seconds));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new HttpRequestException($"oauth2 token endpoint {ShownUrl} answered without an access_token", error);
        }
    }

    private sealed record Token(string Value, DateTimeOffset ExpiresAt);
}
