using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace AmpEdge.SigV4;

/// <summary>
/// The credentials of a profile: the SDK's, but for roles that are assumed with the session of the instance
/// (<c>credential_source = Ec2InstanceMetadata</c>), at once or at the beginning of a chain of profiles. Those begin with
/// <see cref="InstanceCredentials"/>, as the last link of the chain does.
/// </summary>
internal static class ProfileCredentials
{
    private const string InstanceSource = "Ec2InstanceMetadata";

    /// <summary>Profiles that name each other in a circle end somewhere.</summary>
    private const int MaxChain = 16;

    private static readonly InstanceCredentials s_instance = new(InstanceMetadataSettings.OfProcess, TimeProvider.System);

    /// <summary>False when there is no such profile, or when it gives no credentials.</summary>
    public static bool TryGet(
        CredentialProfileStoreChain files, string name, [NotNullWhen(true)] out AWSCredentials? credentials)
    {
        credentials = files.TryGetProfile(name, out CredentialProfile profile) ? OfInstanceRole(profile, files, MaxChain) : null;
        return credentials is not null || files.TryGetAWSCredentials(name, out credentials);
    }

    /// <summary>The credentials of a profile that is there.</summary>
    public static AWSCredentials Of(CredentialProfile profile, CredentialProfileStoreChain files) =>
        OfInstanceRole(profile, files, MaxChain) ?? profile.GetAWSCredentials(files);

    /// <summary>Null for a profile that has nothing to do with the instance.</summary>
    private static AssumeRoleAWSCredentials? OfInstanceRole(CredentialProfile profile, CredentialProfileStoreChain files, int rest)
    {
        CredentialProfileOptions options = profile.Options;
        if (string.IsNullOrEmpty(options.RoleArn) || rest == 0)
        {
            return null;
        }

        AWSCredentials? source = options.CredentialSource == InstanceSource
            ? s_instance
            : options.SourceProfile is { Length: > 0 } below && files.TryGetProfile(below, out CredentialProfile other)
                ? OfInstanceRole(other, files, rest - 1)
                : null;
        return source is null
            ? null
            : new AssumeRoleAWSCredentials(
                source, options.RoleArn, options.RoleSessionName is { Length: > 0 } session ? session : "ampedge",
                new AssumeRoleAWSCredentialsOptions { ExternalId = options.ExternalID });
    }
}
