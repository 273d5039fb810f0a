using System.Diagnostics.CodeAnalysis;
using AmpEdge.SigV4;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Signs write requests with whatever credentials are there at the moment. Without any, requests wait: the samples stay in the
/// buffer and the reason is shown.
/// </summary>
internal sealed class RequestAuthorizer(HttpRequestSigner signer, CredentialSource credentials)
{
    /// <summary>Signs the request, whose body must be <paramref name="body"/>; false with the reason when there are no credentials.</summary>
    public bool TrySign(HttpRequestMessage request, ReadOnlySpan<byte> body, [NotNullWhen(false)] out string? reason)
    {
        if (!credentials.TryGet(out AwsCredentials? current, out string missing))
        {
            reason = missing;
            return false;
        }

        signer.Sign(request, body, current);
        reason = null;
        return true;
    }
}
