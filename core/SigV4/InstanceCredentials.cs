using System.Globalization;
using System.Net;
using System.Text.Json;
using Amazon.Runtime;

namespace AmpEdge.SigV4;

/// <summary>
/// The session of an EC2 instance's role, from the instance metadata service: a token (version 2), the role's name, its
/// credentials. The SDK's own class for it is internal: it tells no end and cannot be made to ask again.
/// </summary>
internal sealed class InstanceCredentials : RefreshingAWSCredentials
{
    private const string TokenPath = "/latest/api/token";
    private const string RolesPath = "/latest/meta-data/iam/security-credentials/";
    private const string LifetimeHeader = "X-aws-ec2-metadata-token-ttl-seconds";
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string Service = "EC2 instance metadata";
    private const int MaxAnswerBytes = 64 << 10;
    private const int MaxShownCharacters = 200;

    /// <summary>The service is beside the machine: it answers at once or not at all.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a session is used whose end has passed when the service, which has troubles of its own then, hands it out;
    /// AWS goes on to accept such sessions.
    /// </summary>
    private static readonly TimeSpan s_extension = TimeSpan.FromMinutes(5);

    // Its address is that of the instance alone: no proxy can reach it.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        MaxResponseContentBufferSize = MaxAnswerBytes,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Func<InstanceMetadataSettings> _settings;
    private readonly TimeProvider _time;
    private DateTime _end;

    /// <param name="settings">Read before each question.</param>
    /// <param name="time">Bounds the wait for each answer.</param>
    public InstanceCredentials(Func<InstanceMetadataSettings> settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
    }

    /// <summary>As the service told it; the SDK would tell a minute less.</summary>
    public override DateTime? Expiration => base.Expiration is null ? null : _end;

    /// <summary>Why the links of the chain before this one gave nothing; told when this one gives nothing either.</summary>
    public string EarlierLinks { get; set; } = "";

    /// <summary>The instance's role; empty before the first answer.</summary>
    public string Role { get; private set; } = "";

    protected override CredentialsRefreshState GenerateNewCredentials() =>
        throw new NotSupportedException("the instance metadata service is asked asynchronously");

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        try
        {
            return await AskAsync(_settings()).ConfigureAwait(false);
        }
        catch (AmazonClientException problem)
        {
            throw new AmazonClientException($"{EarlierLinks}{Service}: {problem.Message}", problem);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<CredentialsRefreshState> AskAsync(InstanceMetadataSettings asked)
    {
        if (asked.IsDisabled)
        {
            throw new AmazonClientException("not asked, since AWS_EC2_METADATA_DISABLED is true");
        }

        string? token = await AskTokenAsync(asked).ConfigureAwait(false);
        string roles = await GetAsync(asked, RolesPath, token).ConfigureAwait(false);
        string role = roles.Split('\n', 2)[0].Trim();
        if (role.Length == 0)
        {
            throw NoRole();
        }

        CredentialsRefreshState session = Read(
            await GetAsync(asked, RolesPath + Uri.EscapeDataString(role), token).ConfigureAwait(false));
        Role = role;
        return session;
    }

    /// <summary>Null when the service gives no token and may be asked without one.</summary>
    private async Task<string?> AskTokenAsync(InstanceMetadataSettings asked)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, UrlOf(asked, TokenPath));
        request.Headers.Add(LifetimeHeader, "21600");
        HttpStatusCode status;
        try
        {
            (status, string token) = await SendAsync(request).ConfigureAwait(false);
            if (status == HttpStatusCode.OK)
            {
                return token.Trim();
            }
        }
        catch (AmazonClientException) when (asked.AllowsVersion1)
        {
            return null;
        }

        return asked.AllowsVersion1 && status is not HttpStatusCode.BadRequest
            ? null
            : throw new AmazonClientException(
                $"no session token from {UrlOf(asked, TokenPath)}: {StatusText(status)} (version 1, which needs none, is asked only "
                + "with AWS_EC2_METADATA_V1_DISABLED=false)");
    }

    private async Task<string> GetAsync(InstanceMetadataSettings asked, string path, string? token)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, UrlOf(asked, path));
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        (HttpStatusCode status, string body) = await SendAsync(request).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.OK => body,
            HttpStatusCode.NotFound => throw NoRole(),
            _ => throw new AmazonClientException($"{UrlOf(asked, path)} answered {StatusText(status)}"),
        };
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using CancellationTokenSource late = new(s_patience, _time);
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, late.Token).ConfigureAwait(false);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(late.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new AmazonClientException(string.Create(
                CultureInfo.InvariantCulture,
                $"no answer from {request.RequestUri} within {s_patience.TotalSeconds} s (in a container, the instance's hop limit must be 2)"));
        }
        catch (HttpRequestException refused)
        {
            throw new AmazonClientException($"{request.RequestUri} cannot be asked: {refused.Message}", refused);
        }
    }

    private CredentialsRefreshState Read(string document)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(document);
            string code = Text(json, "Code");
            if (code != "Success")
            {
                throw new AmazonClientException($"the instance's role gives no credentials: {code}: {Shown(Text(json, "Message"))}");
            }

            if (!DateTime.TryParse(
                    Text(json, "Expiration"), CultureInfo.InvariantCulture,
                    DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime end))
            {
                throw new AmazonClientException("the credentials of the instance's role tell no end");
            }

            DateTime now = _time.GetUtcNow().UtcDateTime;
            _end = end <= now ? now + s_extension : end;
            return new CredentialsRefreshState(
                new ImmutableCredentials(Text(json, "AccessKeyId"), Text(json, "SecretAccessKey"), Text(json, "Token")), _end);
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw new AmazonClientException($"the answer holds no credentials: {Shown(broken.Message)}", broken);
        }
    }

    /// <summary>A member of the document; empty when it is not there.</summary>
    private static string Text(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object
        && json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() ?? ""
            : "";

    private static AmazonClientException NoRole() =>
        new("the instance has no IAM role: attach an instance profile to it");

    private static string UrlOf(InstanceMetadataSettings asked, string path) => asked.Endpoint.AbsoluteUri.TrimEnd('/') + path;

    private static string StatusText(HttpStatusCode status) => string.Create(CultureInfo.InvariantCulture, $"{(int)status} {status}");

    private static string Shown(string text) => text.Length <= MaxShownCharacters ? text : text[..MaxShownCharacters] + "…";
}
