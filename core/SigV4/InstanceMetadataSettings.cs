using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace AmpEdge.SigV4;

/// <summary>Where EC2's instance metadata service is asked, by the variables and profile keys that AWS's own SDKs read.</summary>
/// <param name="Endpoint">Scheme, host and port.</param>
/// <param name="IsDisabled">True when it is not to be asked at all.</param>
/// <param name="AllowsVersion1">
/// True to go on without a token where none is given. Version 1 answers whoever can make this machine send a GET, so it is
/// asked only when <c>AWS_EC2_METADATA_V1_DISABLED</c> says <c>false</c>.
/// </param>
internal sealed record InstanceMetadataSettings(Uri Endpoint, bool IsDisabled, bool AllowsVersion1)
{
    private const string DisabledVariable = "AWS_EC2_METADATA_DISABLED";
    private const string Version1Variable = "AWS_EC2_METADATA_V1_DISABLED";
    private const string EndpointVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    private const string ModeVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";

    private static readonly Uri s_version4 = new("http://169.254.169.254");
    private static readonly Uri s_version6 = new("http://[fd00:ec2::254]");

    /// <summary>What environment and profile of the process say.</summary>
    /// <exception cref="AmazonClientException">One of them cannot be understood.</exception>
    public static InstanceMetadataSettings OfProcess()
    {
        _ = new CredentialProfileStoreChain().TryGetProfile(ProviderName.ProfileOfEnvironment(), out CredentialProfile? profile);
        return Read(Environment.GetEnvironmentVariable, profile);
    }

    /// <summary>The environment counts before the profile, an endpoint before a mode.</summary>
    /// <param name="variable">The value of a variable of the environment; null without one.</param>
    /// <param name="profile">Of the shared files; null without one.</param>
    /// <exception cref="AmazonClientException">One of them cannot be understood.</exception>
    public static InstanceMetadataSettings Read(Func<string, string?> variable, CredentialProfile? profile) => new(
        EndpointOf(variable, profile),
        string.Equals(variable(DisabledVariable), "true", StringComparison.OrdinalIgnoreCase),
        string.Equals(variable(Version1Variable), "false", StringComparison.OrdinalIgnoreCase));

    private static Uri EndpointOf(Func<string, string?> variable, CredentialProfile? profile)
    {
        if (NonEmpty(variable(EndpointVariable)) is { } named)
        {
            return ParseEndpoint(EndpointVariable, named);
        }

        if (NonEmpty(variable(ModeVariable)) is { } mode)
        {
            return mode.ToUpperInvariant() switch
            {
                "IPV4" => s_version4,
                "IPV6" => s_version6,
                _ => throw new AmazonClientException($"{ModeVariable} is '{mode}'; allowed: IPv4, IPv6"),
            };
        }

        return NonEmpty(profile?.EC2MetadataServiceEndpoint) is { } ofProfile
            ? ParseEndpoint($"ec2_metadata_service_endpoint of profile '{profile!.Name}'", ofProfile)
            : profile?.EC2MetadataServiceEndpointMode == EC2MetadataServiceEndpointMode.IPv6 ? s_version6 : s_version4;
    }

    private static Uri ParseEndpoint(string origin, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
            ? endpoint
            : throw new AmazonClientException($"{origin} is '{text}', which is no URL such as {s_version4.OriginalString}");

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
