using System.Globalization;
using System.Text.Json;
using Amazon.Runtime;

namespace AmpEdge.SigV4;

/// <summary>
/// The session of an EC2 instance's role, from the instance metadata service: a token (version 2), the role's name, its
/// credentials. The SDK's own class for it is internal: it tells no end and cannot be made to ask again.
/// </summary>
internal sealed class InstanceCredentials : RefreshingAWSCredentials
{
    private const string RolesPath = "/latest/meta-data/iam/security-credentials/";
    private const string Service = "EC2 instance metadata";
    private const int MaxShownCharacters = 200;

    /// <summary>
    /// How long a session is used whose end has passed when the service, which has troubles of its own then, hands it out;
    /// AWS goes on to accept such sessions.
    /// </summary>
    private static readonly TimeSpan s_extension = TimeSpan.FromMinutes(5);

    private readonly InstanceMetadata _service;
    private readonly Func<InstanceMetadataSettings> _settings;
    private readonly TimeProvider _time;
    private DateTime _end;

    /// <param name="settings">Read before each question.</param>
    /// <param name="time">Bounds the wait for each answer.</param>
    public InstanceCredentials(Func<InstanceMetadataSettings> settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _service = new InstanceMetadata(time);
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
            _service.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<CredentialsRefreshState> AskAsync(InstanceMetadataSettings asked)
    {
        if (asked.IsDisabled)
        {
            throw new AmazonClientException("not asked, since AWS_EC2_METADATA_DISABLED is true");
        }

        string? token = await _service.AskTokenAsync(asked).ConfigureAwait(false);
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

    private async Task<string> GetAsync(InstanceMetadataSettings asked, string path, string? token) =>
        await _service.GetAsync(asked, path, token).ConfigureAwait(false) ?? throw NoRole();

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

    private static string Shown(string text) => text.Length <= MaxShownCharacters ? text : text[..MaxShownCharacters] + "…";
}
