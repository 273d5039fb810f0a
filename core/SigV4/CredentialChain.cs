using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace AmpEdge.SigV4;

/// <summary>
/// The links of the SDK's credential chain in its own order, but for the last: <see cref="InstanceCredentials"/> stands in
/// for the SDK's EC2 class.
/// </summary>
internal static class CredentialChain
{
    private const string RelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string FullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    /// <summary>Tells the SDK of the process; called once, before it is first asked.</summary>
    public static void Register() => AWSConfigs.AWSCredentialsGenerators =
    [
        static () => new EnvironmentVariablesAWSCredentials(),
        AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables,
        OfProfile,
        OfContainer,
    ];

    /// <summary>The SDK ends the chain when the profile that the environment names is not there.</summary>
    private static AWSCredentials OfProfile()
    {
        string name = DefaultAWSCredentialsIdentityResolver.GetProfileName();
        CredentialProfileStoreChain files = new();
        if (files.TryGetProfile(name, out CredentialProfile profile))
        {
            return ProfileCredentials.Of(profile, files);
        }

        string problem = $"Unable to find the \"{name}\" profile.";
        throw name == "default" ? new AmazonClientException(problem) : new ProfileNotFoundException(problem);
    }

    private static GenericContainerCredentials OfContainer() => IsSet(RelativeUri) || IsSet(FullUri)
        ? new GenericContainerCredentials()
        : throw new AmazonClientException($"Neither {RelativeUri} nor {FullUri} is set.");

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
