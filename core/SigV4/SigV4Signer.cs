using System.Buffers;
using System.Text;

namespace AmpEdge.SigV4;

/// <summary>
/// Signs requests for one region and service with AWS Signature Version 4. Safe for concurrent use; the signing key
/// of the day is derived once and kept.
/// </summary>
public sealed class SigV4Signer
{
    private const int StackBytes = 2048;
    private const int StackNames = 512;
    private const int SignatureLength = 64;

    private readonly SigningKey _key = new();

    /// <param name="scope">Region and service.</param>
    /// <param name="pathRule">How the path is encoded; by default what the service asks for.</param>
    public SigV4Signer(SigningScope scope, PathRule? pathRule = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(scope.Region);
        ArgumentException.ThrowIfNullOrEmpty(scope.Service);
        Scope = scope;
        PathRule = pathRule ?? PathRule.ForService(scope.Service);
    }

    public SigningScope Scope { get; }

    public PathRule PathRule { get; }

    /// <summary>A buffer of this size holds the header value that <see cref="WriteAuthorization"/> makes.</summary>
    public int MaxAuthorizationLength(in RequestParts request, AwsCredentials credentials) =>
        StringToSign.Algorithm.Length
        + " Credential=/, SignedHeaders=, Signature=".Length
        + (3 * credentials.AccessKeyId.Length)
        + StringToSign.MaxScopeLength(Scope)
        + (3 * CanonicalHeaders.MaxNamesLength(request.Headers))
        + SignatureLength;

    /// <summary>Writes the value of the <c>Authorization</c> header and returns its length. Allocates nothing.</summary>
    /// <param name="request">
    /// The request as it will be sent; its headers hold <c>Host</c>, <c>X-Amz-Date</c> with the same time, and the
    /// session token when the credentials have one.
    /// </param>
    /// <param name="payloadHash">Hex of the body's SHA-256, or <see cref="PayloadHash.Unsigned"/>.</param>
    /// <param name="credentials">Whose key signs.</param>
    /// <param name="signedAt">The time of the signature, to the second.</param>
    /// <param name="destination">At least <see cref="MaxAuthorizationLength"/> bytes.</param>
    public int WriteAuthorization(
        in RequestParts request,
        ReadOnlySpan<char> payloadHash,
        AwsCredentials credentials,
        DateTimeOffset signedAt,
        Span<byte> destination)
    {
        Span<char> date = stackalloc char[AmzDate.Length];
        AmzDate.Write(signedAt, date);

        int maxNames = CanonicalHeaders.MaxNamesLength(request.Headers);
        char[]? rentedNames = maxNames > StackNames ? ArrayPool<char>.Shared.Rent(maxNames) : null;
        Span<char> names = rentedNames is null ? stackalloc char[StackNames] : rentedNames;
        names = names[..CanonicalHeaders.WriteSignedNames(request.Headers, names)];

        ByteAppender output = new(destination);
        output.AppendText(StringToSign.Algorithm);
        output.Append(" Credential="u8);
        output.AppendText(credentials.AccessKeyId);
        output.Append((byte)'/');
        StringToSign.AppendScope(ref output, date, Scope);
        output.Append(", SignedHeaders="u8);
        output.AppendText(names);
        output.Append(", Signature="u8);
        Span<byte> signature = stackalloc byte[SigningKey.Length];
        ComputeSignature(request, names, payloadHash, credentials.SecretAccessKey, date, signature);
        output.AppendLowerHex(signature);

        if (rentedNames is not null)
        {
            ArrayPool<char>.Shared.Return(rentedNames);
        }

        return output.Length;
    }

    /// <summary>The same signature with all its steps as text, for logs and comparisons.</summary>
    public SigningSteps Explain(
        in RequestParts request,
        string payloadHash,
        AwsCredentials credentials,
        DateTimeOffset signedAt)
    {
        string date = AmzDate.ToText(signedAt);
        char[] nameBuffer = new char[CanonicalHeaders.MaxNamesLength(request.Headers)];
        string names = new(nameBuffer, 0, CanonicalHeaders.WriteSignedNames(request.Headers, nameBuffer));
        byte[] canonical = new byte[CanonicalRequest.MaxLength(request, names, payloadHash)];
        int canonicalLength = CanonicalRequest.Write(request, names, payloadHash, PathRule, default, canonical);
        byte[] toSign = new byte[StringToSign.MaxLength(Scope)];
        int toSignLength = StringToSign.Write(date, Scope, canonical.AsSpan(0, canonicalLength), toSign);
        byte[] signature = new byte[SigningKey.Length];
        _key.Sign(
            credentials.SecretAccessKey, date.AsSpan(0, AmzDate.DayLength), Scope, toSign.AsSpan(0, toSignLength), signature);
        return new SigningSteps(
            Encoding.UTF8.GetString(canonical, 0, canonicalLength),
            Encoding.UTF8.GetString(toSign, 0, toSignLength),
            names,
            Convert.ToHexStringLower(signature));
    }

    private void ComputeSignature(
        in RequestParts request,
        ReadOnlySpan<char> signedNames,
        ReadOnlySpan<char> payloadHash,
        string secret,
        ReadOnlySpan<char> date,
        Span<byte> signature)
    {
        int maxLength = Math.Max(
            CanonicalRequest.MaxLength(request, signedNames, payloadHash), StringToSign.MaxLength(Scope));
        byte[]? rented = maxLength > StackBytes ? ArrayPool<byte>.Shared.Rent(maxLength) : null;
        Span<byte> buffer = rented is null ? stackalloc byte[StackBytes] : rented;
        int length = CanonicalRequest.Write(request, signedNames, payloadHash, PathRule, default, buffer);

        // The hash of the canonical request is taken before its bytes are overwritten by the string to sign.
        length = StringToSign.Write(date, Scope, buffer[..length], buffer);
        _key.Sign(secret, date[..AmzDate.DayLength], Scope, buffer[..length], signature);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
