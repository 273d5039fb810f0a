using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// The hash of a body that its caller sent along as <c>X-Amz-Content-Sha256</c>: compared with the hash that the signature
/// needs anyway, so that what was damaged between caller and proxy is not signed as good.
/// </summary>
internal static class PayloadClaim
{
    private const string Streaming = "STREAMING-";

    /// <summary>Null when the header is absent or right, else what is wrong with it.</summary>
    /// <param name="claimed">The header; <c>UNSIGNED-PAYLOAD</c> claims nothing.</param>
    /// <param name="hash">Of the body that arrived.</param>
    public static Refusal? Check(string claimed, string hash)
    {
        if (claimed.Length == 0
            || claimed == PayloadHash.Unsigned
            || claimed.Equals(hash, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string text = claimed.StartsWith(Streaming, StringComparison.Ordinal)
            ? $"X-Amz-Content-Sha256 is '{ForwardEndpoint.Shown(claimed)}': bodies that were signed in pieces cannot be signed again; "
                + "send the body as it is, without the header"
            : $"X-Amz-Content-Sha256 does not fit the body: the header says '{ForwardEndpoint.Shown(claimed)}', the body that "
                + $"arrived has {hash}; it was changed on the way to the proxy, or the header is of another body: send it again, or "
                + "leave the header out";
        return new Refusal(RefusalReason.WrongPayloadHash, StatusCodes.Status400BadRequest, text, 0);
    }
}
