namespace AmpEdge.SigV4;

/// <summary>What a request is signed with. Printing it shows the key id only, never the secret or the token.</summary>
/// <param name="AccessKeyId">The public half: travels in every signed request.</param>
/// <param name="SecretAccessKey">The private half: never leaves the process.</param>
/// <param name="SessionToken">Sent as <c>X-Amz-Security-Token</c>; null for long-lived keys.</param>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    public override string ToString() => $"{AccessKeyId} (secret hidden)";
}
