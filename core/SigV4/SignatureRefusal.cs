namespace AmpEdge.SigV4;

/// <summary>Why a service refused a signed request, as far as the signer can do something about it.</summary>
public enum SignatureRefusal
{
    /// <summary>Something that another signature would not change.</summary>
    Other,

    /// <summary>The time of the signature was too far from the service's own.</summary>
    ClockSkew,

    /// <summary>The session behind the signature has ended.</summary>
    ExpiredCredentials,

    /// <summary>The service does not know the key or the token: revoked, rotated, or of another partition.</summary>
    UnknownCredentials,

    /// <summary>The signature does not fit the request, or its key.</summary>
    SignatureMismatch,
}
