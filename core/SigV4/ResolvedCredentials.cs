namespace AmpEdge.SigV4;

/// <summary>Credentials as a provider handed them out.</summary>
/// <param name="Credentials">What to sign with.</param>
/// <param name="ExpiresAt">When they end; null when they do not.</param>
/// <param name="Provider">Which link of the chain they come from, for logs.</param>
public sealed record ResolvedCredentials(AwsCredentials Credentials, DateTimeOffset? ExpiresAt, string Provider);
