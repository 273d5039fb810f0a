using AmpEdge.Hosting;
using AmpEdge.SigV4;

namespace AmpEdge.IngestServer.Auth;

/// <summary>Finds out who sent a request by its signature. Knows nothing of what the caller may do.</summary>
internal static class Authenticator
{
    /// <summary>What is wrong already without the body: no signature, an unknown key, a wrong scope or date.</summary>
    public static AmpError? RefuseEarly(AccessTable access, HttpContext context)
    {
        using WireHeaders headers = new(context.Request.Headers);
        return access.Verifier.TryRefuseEarly(PartsOf(context, headers), out VerificationResult refusal)
            ? ErrorOf(refusal)
            : null;
    }

    /// <summary>The caller, once target, headers and body fit the signature.</summary>
    public static Principal? Verify(
        AccessTable access, HttpContext context, ReadOnlySpan<byte> body, out AmpError? error)
    {
        using WireHeaders headers = new(context.Request.Headers);
        VerificationResult result = access.Verifier.Verify(PartsOf(context, headers), body);
        error = result.IsVerified ? null : ErrorOf(result);
        return result is { IsVerified: true, Key: { } key } ? access.PrincipalOf(key) : null;
    }

    private static RequestParts PartsOf(HttpContext context, in WireHeaders headers)
    {
        RequestTarget target = context.RawTarget();
        return new RequestParts(
            context.Request.Method, target.RawPath, target.RawQuery.AsSpan().TrimStart('?'), headers.Fields);
    }

    private static AmpError ErrorOf(in VerificationResult result) => result.Outcome == VerificationOutcome.MissingToken
        ? AmpError.MissingToken
        : new AmpError(StatusCodes.Status403Forbidden, result.ErrorName, result.Message)
        {
            Reason = ReasonOf(result.Outcome),
        };

    private static string ReasonOf(VerificationOutcome outcome) => outcome switch
    {
        VerificationOutcome.Malformed => "malformed_signature",
        VerificationOutcome.UnknownKey => "unknown_key",
        VerificationOutcome.WrongToken => "wrong_token",
        VerificationOutcome.ExpiredToken => "expired_token",
        VerificationOutcome.WrongService => "wrong_service",
        VerificationOutcome.WrongRegion => "wrong_region",
        VerificationOutcome.WrongDay or VerificationOutcome.Expired => "expired",
        VerificationOutcome.NotYetCurrent => "not_yet_current",
        VerificationOutcome.HeaderNotSigned => "header_not_signed",
        VerificationOutcome.PayloadMismatch => "payload_mismatch",
        _ => "signature_mismatch",
    };
}
