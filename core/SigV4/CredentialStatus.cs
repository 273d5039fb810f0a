namespace AmpEdge.SigV4;

/// <summary>What a <see cref="CredentialSource"/> holds at one moment, for metrics, readiness and logs.</summary>
/// <param name="Current">The credentials, or null before the first success.</param>
/// <param name="Problem">Why the last look-up failed; null when it succeeded.</param>
/// <param name="Refreshes">Look-ups that brought new credentials.</param>
/// <param name="Failures">Look-ups that failed.</param>
public sealed record CredentialStatus(ResolvedCredentials? Current, string? Problem, long Refreshes, long Failures);
