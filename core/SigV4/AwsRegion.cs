using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace AmpEdge.SigV4;

/// <summary>Finds the region nobody configured.</summary>
public static class AwsRegion
{
    /// <summary>The name alone of what <see cref="Locate"/> finds without a profile.</summary>
    public static string? Find() => Locate(null)?.Name;

    /// <summary>
    /// The profile that a configuration names, <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c> (which the SDK for .NET does not
    /// read), the profile of the environment, then the SDK's own look-up, which on EC2 asks the instance metadata; null when
    /// none knows. The last step may take seconds: call it at start, not for a request.
    /// </summary>
    /// <param name="profile">Comes before the environment, as its credentials do; null for none.</param>
    public static FoundRegion? Locate(string? profile) =>
        OfProfile(profile)
        ?? FromVariable("AWS_REGION")
        ?? FromVariable("AWS_DEFAULT_REGION")
        ?? OfProfile(ProviderName.ProfileOfEnvironment())
        ?? FromSdk();

    private static FoundRegion? FromVariable(string variable) =>
        Read(variable) is { } region ? new FoundRegion(region, variable) : null;

    /// <summary>The region of a profile; null when there is no such profile, or it has none.</summary>
    public static FoundRegion? OfProfile(string? name) =>
        name is not null
        && new CredentialProfileStoreChain().TryGetProfile(name, out CredentialProfile profile)
        && profile.Region?.SystemName is { } region
            ? new FoundRegion(region, $"profile '{name}'")
            : null;

    private static FoundRegion? FromSdk() =>
        FallbackRegionFactory.GetRegionEndpoint()?.SystemName is { } region
            ? new FoundRegion(region, "instance metadata")
            : null;

    private static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
