namespace AmpEdge.SigV4;

/// <summary>What a verifier found. Only <see cref="Verified"/> lets a request in.</summary>
public enum VerificationOutcome
{
    /// <summary>The signature is right and covers what it must.</summary>
    Verified,

    /// <summary>The request carries no signature at all.</summary>
    MissingToken,

    /// <summary>There is a signature, but a part of it is missing or cannot be read.</summary>
    Malformed,

    /// <summary>No principal has this access key id.</summary>
    UnknownKey,

    /// <summary>The session token is missing, or is not the one that belongs to the key.</summary>
    WrongToken,

    /// <summary>The temporary credentials have run out.</summary>
    ExpiredToken,

    /// <summary>The credential scope names another service.</summary>
    WrongService,

    /// <summary>The credential scope names another region.</summary>
    WrongRegion,

    /// <summary>The day of the credential scope is not the day of the date.</summary>
    WrongDay,

    /// <summary>The date is too far in the past, or a presigned URL has run out.</summary>
    Expired,

    /// <summary>The date is too far in the future.</summary>
    NotYetCurrent,

    /// <summary>The host or an <c>x-amz-</c> header was sent but not signed.</summary>
    HeaderNotSigned,

    /// <summary>The signature does not fit the request: wrong secret, or something was changed on the way.</summary>
    SignatureMismatch,

    /// <summary>The body is not the one whose hash was signed.</summary>
    PayloadMismatch,
}
