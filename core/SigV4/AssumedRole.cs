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
    /// <param name="role">The role.</param>
    /// <param name="settings">Where STS is asked.</param>
    /// <param name="http">Makes the client that sends the requests; null for the SDK's own.</param>
    public AssumedRole(AWSCredentials source, RoleHop role, CredentialSettings settings, HttpClientFactory? http = null)
    {
        _sts = new AmazonSecurityTokenServiceClient(source, Config(settings, http));
        _request = new AssumeRoleRequest
        {
            RoleArn = role.RoleArn,
            RoleSessionName = role.SessionName ?? settings.RoleSessionName,
            ExternalId = role.ExternalId,
        };
        PreemptExpiryTime = s_renewBeforeEnd;
    }

    /// <summary>How STS is asked: at an endpoint of one's own, or at that of the region in its FIPS form if wanted.</summary>
    public static AmazonSecurityTokenServiceConfig Config(CredentialSettings settings, HttpClientFactory? http)
    {
        string region = settings.Region ?? AwsRegion.Locate(settings.Profile)?.Name ?? DefaultRegion;
        AmazonSecurityTokenServiceConfig config = new();
        if (settings.StsEndpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        // Left alone otherwise: AWS_USE_FIPS_ENDPOINT and the profile may ask for it.
        if (settings.UseFipsSts && settings.StsEndpoint is null)
        {
            config.UseFIPSEndpoint = true;
        }

        if (http is not null)
        {
            config.HttpClientFactory = http;
        }

        return config;
    }

    protected override CredentialsRefreshState GenerateNewCredentials() =>
        throw new NotSupportedException("a role is assumed asynchronously");

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        AssumeRoleResponse answer;
        try
        {
            answer = await _sts.AssumeRoleAsync(_request).ConfigureAwait(false);
        }
        catch (AmazonServiceException refused)
        {
            // In a chain of roles the text of STS alone does not tell which of them it is about.
            throw new AmazonClientException($"role {_request.RoleArn} cannot be assumed: {refused.Message}", refused);
        }

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
