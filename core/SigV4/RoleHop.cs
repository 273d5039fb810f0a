namespace AmpEdge.SigV4;

/// <summary>One role to assume on the way to the credentials that sign.</summary>
/// <param name="RoleArn">Such as <c>arn:aws:iam::123456789012:role/metrics</c>.</param>
/// <param name="ExternalId">What the role's trust policy asks for; null when it asks for nothing.</param>
/// <param name="SessionName">
/// Shows in CloudTrail as the session of the role; null for <see cref="CredentialSettings.RoleSessionName"/>.
/// </param>
public sealed record RoleHop(string RoleArn, string? ExternalId = null, string? SessionName = null)
{
    /// <summary>The chain of one role, or of none when the ARN is null or empty; empty texts count as absent.</summary>
    public static IReadOnlyList<RoleHop> Single(string? roleArn, string? externalId, string? sessionName = null) =>
        roleArn is { Length: > 0 } ? [new RoleHop(roleArn, OrNull(externalId), OrNull(sessionName))] : [];

    private static string? OrNull(string? text) => text is { Length: > 0 } ? text : null;
}
