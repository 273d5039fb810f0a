using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace AmpEdge.SigV4;

/// <summary>Finds the region nobody configured.</summary>
public static class AwsRegion
{
    private const string RegionPath = "/latest/meta-data/placement/region";

    /// <summary>The name alone of what <see cref="Locate"/> finds without a profile.</summary>
    public static string? Find() => Locate(null)?.Name;

    /// <summary>
    /// The profile that a configuration names, <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c> (which the SDK for .NET does not
    /// read), the profile of the environment, then EC2's instance metadata; null when none knows. The last step may take seconds: call it at start, not for a request.
    /// </summary>
    /// <param name="profile">Comes before the environment, as its credentials do; null for none.</param>
    public static FoundRegion? Locate(string? profile) =>
        OfProfile(profile)
        ?? FromVariable("AWS_REGION")
        ?? FromVariable("AWS_DEFAULT_REGION")
        ?? OfProfile(ProviderName.ProfileOfEnvironment())
        ?? FromInstance();

    private static FoundRegion? FromVariable(string variable) =>
        Read(variable) is { } region ? new FoundRegion(region, variable) : null;

    /// <summary>The region of a profile; null when there is no such profile, or it has none.</summary>
    public static FoundRegion? OfProfile(string? name) =>
        name is not null
        && new CredentialProfileStoreChain().TryGetProfile(name, out CredentialProfile profile)
        && profile.Region?.SystemName is { } region
            ? new FoundRegion(region, $"profile '{name}'")
            : null;

    private static FoundRegion? FromInstance() =>
        Task.Run(AskInstanceAsync).GetAwaiter().GetResult() is { Length: > 0 } region
            ? new FoundRegion(region, "instance metadata")
            : null;

    /// <summary>Null where there is no such service, or where it is not to be asked.</summary>
    private static async Task<string?> AskInstanceAsync()
    {
        using InstanceMetadata service = new(TimeProvider.System);
        try
        {
            InstanceMetadataSettings asked = InstanceMetadataSettings.OfProcess();
            if (asked.IsDisabled)
            {
                return null;
            }

            string? token = await service.AskTokenAsync(asked).ConfigureAwait(false);
            return (await service.GetAsync(asked, RegionPath, token).ConfigureAwait(false))?.Trim();
        }
        catch (AmazonClientException)
        {
            // Most machines are no instance of EC2: who needs a region says so, and how to give one.
            return null;
        }
    }

    private static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
