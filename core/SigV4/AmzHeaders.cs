namespace AmpEdge.SigV4;

/// <summary>The headers and query parameters that carry a signature.</summary>
public static class AmzHeaders
{
    public const string Authorization = "Authorization";
    public const string Date = "X-Amz-Date";

    /// <summary>HTTP's own date, which counts when <see cref="Date"/> is absent.</summary>
    public const string HttpDate = "Date";

    public const string SecurityToken = "X-Amz-Security-Token";
    public const string ContentSha256 = "X-Amz-Content-Sha256";
    public const string Host = "Host";

    internal const string AlgorithmParameter = "X-Amz-Algorithm";
    internal const string CredentialParameter = "X-Amz-Credential";
    internal const string SignedHeadersParameter = "X-Amz-SignedHeaders";
    internal const string ExpiresParameter = "X-Amz-Expires";
    internal const string SignatureParameter = "X-Amz-Signature";
}
