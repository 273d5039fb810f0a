using AmpEdge.SigV4;

namespace AmpEdge.Agent.Discovery;

/// <summary>What the process finds around it: the environment, and through the SDK the profile and the instance.</summary>
/// <param name="Environment">Reads a variable; null when there is none.</param>
/// <param name="FindRegion">The region nobody configured, or null; may block for seconds.</param>
internal sealed record AwsSurroundings(Func<string, string?> Environment, Func<string?> FindRegion)
{
    /// <summary>Those of this process.</summary>
    public static AwsSurroundings OfProcess { get; } =
        new(System.Environment.GetEnvironmentVariable, AwsRegion.Find);

    public AwsEndpoints Endpoints { get; } = new(Environment);
}
