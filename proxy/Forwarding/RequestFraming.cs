using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Refuses requests whose end somebody before us may see elsewhere than we do (RFC 9112, section 6.1), and codings that would be
/// lost on the way. The listener has refused the rest: two lengths, folded lines, spaces before colons.
/// </summary>
internal static class RequestFraming
{
    // Where Kestrel puts a length that stood beside chunks.
    private const string LengthBesideChunks = "X-Content-Length";

    public static Refusal? Check(IHeaderDictionary headers)
    {
        string coding = headers.TransferEncoding.ToString();
        if (coding.Length == 0)
        {
            return null;
        }

        if (headers.ContainsKey(LengthBesideChunks))
        {
            return new Refusal(
                RefusalReason.BadFraming, StatusCodes.Status400BadRequest,
                "the request has both a Content-Length and a Transfer-Encoding; send one of them");
        }

        return coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? null
            : new Refusal(
                RefusalReason.BadFraming, StatusCodes.Status501NotImplemented,
                $"Transfer-Encoding '{ForwardEndpoint.Shown(coding)}' is not known (allowed: chunked)");
    }
}
