using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Credentials;

/// <summary>Credentials to sign with, or the reason why there are none.</summary>
internal readonly record struct CredentialAnswer(AwsCredentials? Credentials, string Reason)
{
    /// <summary>Asks a source, which answers at once.</summary>
    public static CredentialAnswer Of(CredentialSource source) =>
        source.TryGet(out AwsCredentials? credentials, out string reason)
            ? new CredentialAnswer(credentials, "")
            : new CredentialAnswer(null, reason);
}
