using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace AmpEdge.SigV4;

/// <summary>
/// The session of a role that is assumed with other credentials, renewed before its end. The SDK's own class of this kind always
/// asks the usual endpoint of the region that it finds by itself.
/// </summary>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    /// <summary>Where STS is asked when nobody names a region.</summary>
    private const string DefaultRegion = "us-east-1";

    private static readonly TimeSpan s_renewBeforeEnd = TimeSpan.FromMinutes(5);

    private readonly AmazonSecurityTokenServiceClient _sts;
    private readonly AssumeRoleRequest _request;

    /// <param name="source">What signs the requests.</param>
    /// <param name="settings">The role, with how and where it is asked for.</param>
    /// <param name="http">Makes the client that sends the requests; null for the SDK's own.</param>
    public AssumedRole(AWSCredentials source, CredentialSettings settings, HttpClientFactory? http = null)
    {
        AmazonSecurityTokenServiceConfig config = new()
        {
            RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region ?? AwsRegion.Find() ?? DefaultRegion),
        };
        if (settings.UseFipsSts)
        {
            config.UseFIPSEndpoint = true;
        }

        if (http is not null)
        {
            config.HttpClientFactory = http;
        }

        _sts = new AmazonSecurityTokenServiceClient(source, config);
        _request = new AssumeRoleRequest
        {
            RoleArn = settings.RoleArn,
            RoleSessionName = settings.RoleSessionName,
            ExternalId = settings.ExternalId,
        };
        PreemptExpiryTime = s_renewBeforeEnd;
    }

    protected override CredentialsRefreshState GenerateNewCredentials() =>
        throw new NotSupportedException("a role is assumed asynchronously");

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        AssumeRoleResponse answer = await _sts.AssumeRoleAsync(_request).ConfigureAwait(false);
        Credentials session = answer.Credentials;
        return new CredentialsRefreshState(
            new ImmutableCredentials(session.AccessKeyId, session.SecretAccessKey, session.SessionToken),
            session.Expiration ?? throw new AmazonClientException("STS named no end of the role's session"));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sts.Dispose();
        }

        base.Dispose(disposing);
    }
}
