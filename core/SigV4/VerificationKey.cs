namespace AmpEdge.SigV4;

/// <summary>A secret that the verifier may meet, with its derived key of the day. Make one per principal and keep it.</summary>
/// <param name="credentials">Key id, secret and, for temporary credentials, the token that must come with them.</param>
/// <param name="expiresAt">When temporary credentials end; null for long-lived keys.</param>
public sealed class VerificationKey(AwsCredentials credentials, DateTimeOffset? expiresAt = null)
{
    public AwsCredentials Credentials { get; } = credentials;

    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    internal SigningKey SigningKey { get; } = new();

    public override string ToString() => Credentials.ToString();
}
