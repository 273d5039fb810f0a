using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace AmpEdge.SigV4;

/// <summary>Whose credentials they are, as STS tells it; needs no permission.</summary>
public static class CallerIdentity
{
    /// <summary>ARN and account, or why STS does not tell them.</summary>
    /// <param name="credentials">What to ask about.</param>
    /// <param name="settings">Where STS is asked.</param>
    public static async Task<string> AskAsync(AwsCredentials credentials, CredentialSettings settings)
    {
        AWSCredentials keys = credentials.SessionToken is null
            ? new BasicAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey)
            : new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken);
        using AmazonSecurityTokenServiceClient sts = new(keys, AssumedRole.Config(settings, null));
        try
        {
            GetCallerIdentityResponse answer =
                await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest()).ConfigureAwait(false);
            return $"{answer.Arn}, account {answer.Account}";
        }
        catch (Exception refused) when (refused is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            return $"STS does not tell: {refused.Message}";
        }
    }
}
