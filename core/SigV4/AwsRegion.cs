using Amazon.Runtime;

namespace AmpEdge.SigV4;

/// <summary>Finds the region nobody configured.</summary>
public static class AwsRegion
{
    /// <summary>
    /// <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c> (which the SDK for .NET does not read), then the SDK's own look-up
    /// in the profile and, on EC2, in the instance metadata; null when none knows. The last step may take seconds: call
    /// it at start, not for a request.
    /// </summary>
    public static string? Find()
    {
        string? fromEnvironment = FromEnvironment();
        return fromEnvironment ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName;
    }

    /// <summary>The first two steps, which never wait.</summary>
    public static string? FromEnvironment() => Read("AWS_REGION") ?? Read("AWS_DEFAULT_REGION");

    private static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
