namespace AmpEdge.SigV4;

/// <summary>The outcome of a verification, with the error that AWS would answer.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Key">Whose key it is, as soon as that is known; null before.</param>
/// <param name="Message">The text for the caller, in AWS's words; empty when verified.</param>
public readonly record struct VerificationResult(VerificationOutcome Outcome, VerificationKey? Key, string Message)
{
    public bool IsVerified => Outcome == VerificationOutcome.Verified;

    /// <summary>The exception name of the answer (status 403), for <c>x-amzn-ErrorType</c>; empty when verified.</summary>
    public string ErrorName => Outcome switch
    {
        VerificationOutcome.Verified => "",
        VerificationOutcome.MissingToken => "MissingAuthenticationTokenException",
        VerificationOutcome.Malformed => "IncompleteSignatureException",
        VerificationOutcome.UnknownKey or VerificationOutcome.WrongToken => "UnrecognizedClientException",
        VerificationOutcome.ExpiredToken => "ExpiredTokenException",
        _ => "InvalidSignatureException",
    };
}
