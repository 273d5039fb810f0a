using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AmpEdge.SigV4;

/// <summary>
/// Verifies Signature Version 4 in its header and its presigned form. The signature is compared in constant time; a
/// verified request costs no allocation in the header form. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The raw path is tried as it was sent and, when it holds dots or doubled slashes, in its resolved form as well:
/// some clients resolve a path before they sign it and some do not, and neither says which.
/// </remarks>
public sealed class SigV4Verifier(VerifierOptions options, IVerificationKeys keys, TimeProvider time)
{
    private const int StackBytes = 2048;
    private const int SignatureBytes = 32;

    /// <summary>
    /// Looks at everything that needs no body: a server refuses such a request before it reads on. A request that
    /// passes is not verified yet.
    /// </summary>
    public bool TryRefuseEarly(in RequestParts request, out VerificationResult refusal)
    {
        SignatureClaim claim = default;
        refusal = Inspect(request, ref claim);
        return !refusal.IsVerified;
    }

    /// <summary>Verifies a request whose body is at hand.</summary>
    public VerificationResult Verify(in RequestParts request, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<char> hex = stackalloc char[PayloadHash.Length];
        SHA256.HashData(body, hash);
        Convert.TryToHexStringLower(hash, hex, out _);
        return VerifyHash(request, hex);
    }

    /// <summary>Verifies a request whose body was hashed while it was read.</summary>
    /// <param name="request">The request as on the wire.</param>
    /// <param name="payloadHash">Lower-case hex of the body's SHA-256.</param>
    public VerificationResult VerifyHash(in RequestParts request, ReadOnlySpan<char> payloadHash)
    {
        SignatureClaim claim = default;
        VerificationResult inspected = Inspect(request, ref claim);
        if (!inspected.IsVerified || inspected.Key is not { } key)
        {
            return inspected;
        }

        // A declared hash is covered by the signature (Inspect saw to that), so it is what was signed.
        ReadOnlySpan<char> declared = request.FindHeader(AmzHeaders.ContentSha256);
        ReadOnlySpan<char> signedHash = declared.IsEmpty ? payloadHash : declared;
        if (!Matches(request, claim, key, signedHash))
        {
            return Mismatch(VerificationOutcome.SignatureMismatch, request, claim, key, signedHash);
        }

        bool bodyMatches = signedHash.Equals(payloadHash, StringComparison.OrdinalIgnoreCase)
            || (options.AllowUnsignedPayload && signedHash is PayloadHash.Unsigned);
        return bodyMatches
            ? inspected
            : Mismatch(VerificationOutcome.PayloadMismatch, request, claim, key, payloadHash);
    }

    private VerificationResult Inspect(in RequestParts request, ref SignatureClaim claim)
    {
        VerificationOutcome read = ClaimReader.Read(request, ref claim, out string problem);
        if (read != VerificationOutcome.Verified)
        {
            return new VerificationResult(read, null, problem);
        }

        VerificationKey? key = keys.Find(claim.AccessKeyId);
        if (key is null)
        {
            return new VerificationResult(
                VerificationOutcome.UnknownKey, null, "The security token included in the request is invalid.");
        }

        (VerificationOutcome outcome, string message) = CheckToken(claim, key);
        if (outcome == VerificationOutcome.Verified)
        {
            (outcome, message) = CheckScope(claim);
        }

        if (outcome == VerificationOutcome.Verified)
        {
            (outcome, message) = CheckTime(claim);
        }

        if (outcome == VerificationOutcome.Verified)
        {
            (outcome, message) = CheckCoverage(request, claim);
        }

        return new VerificationResult(outcome, key, message);
    }

    private (VerificationOutcome Outcome, string Message) CheckToken(in SignatureClaim claim, VerificationKey key)
    {
        ReadOnlySpan<byte> expected = AsBytes(key.Credentials.SessionToken);
        if (!CryptographicOperations.FixedTimeEquals(expected, AsBytes(claim.SessionToken)))
        {
            return (VerificationOutcome.WrongToken, "The security token included in the request is invalid.");
        }

        return time.GetUtcNow() >= key.ExpiresAt
            ? (VerificationOutcome.ExpiredToken, "The security token included in the request is expired")
            : (VerificationOutcome.Verified, "");
    }

    private (VerificationOutcome Outcome, string Message) CheckScope(in SignatureClaim claim)
    {
        if (!claim.Service.SequenceEqual(options.Service))
        {
            return (VerificationOutcome.WrongService,
                $"Credential should be scoped to correct service: '{options.Service}'.");
        }

        if (FindRegion(claim.Region) is null)
        {
            return (VerificationOutcome.WrongRegion, "Credential should be scoped to a valid region.");
        }

        return claim.Day.SequenceEqual(claim.Date[..AmzDate.DayLength])
            ? (VerificationOutcome.Verified, "")
            : (VerificationOutcome.WrongDay,
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                + $"'{claim.Day}' != '{claim.Date[..AmzDate.DayLength]}', from '{claim.Date}'.");
    }

    private string? FindRegion(ReadOnlySpan<char> region)
    {
        for (int index = 0; index < options.Regions.Count; index++)
        {
            if (region.SequenceEqual(options.Regions[index]))
            {
                return options.Regions[index];
            }
        }

        return null;
    }

    /// <summary>The scope of a claim that passed <see cref="CheckScope"/>, in strings that exist already.</summary>
    private SigningScope ScopeOf(in SignatureClaim claim) =>
        new(FindRegion(claim.Region) ?? claim.Region.ToString(), options.Service);

    private (VerificationOutcome Outcome, string Message) CheckTime(in SignatureClaim claim)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset oldest = now - (claim.Lifetime ?? options.MaxSkew);
        DateTimeOffset newest = now + options.MaxSkew;
        if (claim.SignedAt < oldest)
        {
            string window = Minutes(claim.Lifetime ?? options.MaxSkew);
            return (VerificationOutcome.Expired,
                $"Signature expired: {claim.Date} is now earlier than {AmzDate.ToText(oldest)} "
                + $"({AmzDate.ToText(now)} - {window} min.)");
        }

        return claim.SignedAt > newest
            ? (VerificationOutcome.NotYetCurrent,
                $"Signature not yet current: {claim.Date} is still later than {AmzDate.ToText(newest)} "
                + $"({AmzDate.ToText(now)} + {Minutes(options.MaxSkew)} min.)")
            : (VerificationOutcome.Verified, "");
    }

    private static string Minutes(TimeSpan window) => window.TotalMinutes.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>
    /// The host, every <c>x-amz-</c> header of the request and the date that counts must be signed. The token alone may stay outside of the
    /// signature, as some services want it: it is compared with the key's own, so it cannot be swapped.
    /// </summary>
    private static (VerificationOutcome Outcome, string Message) CheckCoverage(
        in RequestParts request, in SignatureClaim claim)
    {
        if (!IsListed(claim.SignedNames, "host"))
        {
            return (VerificationOutcome.HeaderNotSigned,
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }

        if (claim.IsHttpDate && !IsListed(claim.SignedNames, AmzHeaders.HttpDate))
        {
            return (VerificationOutcome.HeaderNotSigned, "'Date' must be a 'SignedHeader' in the AWS Authorization.");
        }

        foreach (ref readonly HeaderField field in request.Headers)
        {
            if (field.Name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !IsListed(claim.SignedNames, field.Name)
                && !field.Name.Equals(AmzHeaders.SecurityToken, StringComparison.OrdinalIgnoreCase))
            {
                return (VerificationOutcome.HeaderNotSigned,
                    $"'{field.Name}' must be a 'SignedHeader' in the AWS Authorization.");
            }
        }

        return (VerificationOutcome.Verified, "");
    }

    private static bool IsListed(ReadOnlySpan<char> names, ReadOnlySpan<char> wanted)
    {
        foreach (Range range in names.Split(';'))
        {
            if (names[range].Equals(wanted, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private bool Matches(
        in RequestParts request, in SignatureClaim claim, VerificationKey key, ReadOnlySpan<char> payloadHash)
    {
        PathRule asSent = new(Normalize: false, options.EncodeTwice);
        return MatchesBy(asSent, request, claim, key, payloadHash)
            || (CanonicalPath.NeedsResolving(request.Path)
                && MatchesBy(asSent with { Normalize = true }, request, claim, key, payloadHash));
    }

    private bool MatchesBy(
        PathRule rule,
        in RequestParts request,
        in SignatureClaim claim,
        VerificationKey key,
        ReadOnlySpan<char> payloadHash)
    {
        SigningScope scope = ScopeOf(claim);
        int maxLength = Math.Max(
            CanonicalRequest.MaxLength(request, claim.SignedNames, payloadHash), StringToSign.MaxLength(scope));
        byte[]? rented = maxLength > StackBytes ? ArrayPool<byte>.Shared.Rent(maxLength) : null;
        Span<byte> buffer = rented is null ? stackalloc byte[StackBytes] : rented;
        int length = CanonicalRequest.Write(
            request, claim.SignedNames, payloadHash, rule, AmzHeaders.SignatureParameter, buffer);
        length = StringToSign.Write(claim.Date, scope, buffer[..length], buffer);

        Span<byte> computed = stackalloc byte[SignatureBytes];
        key.SigningKey.Sign(key.Credentials.SecretAccessKey, claim.Day, scope, buffer[..length], computed);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        Span<byte> claimed = stackalloc byte[SignatureBytes];
        return Convert.FromHexString(claim.Signature, claimed, out _, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(computed, claimed);
    }

    /// <summary>AWS's text for a signature that does not fit: it shows what should have been signed.</summary>
    private VerificationResult Mismatch(
        VerificationOutcome outcome,
        in RequestParts request,
        in SignatureClaim claim,
        VerificationKey key,
        ReadOnlySpan<char> payloadHash)
    {
        PathRule rule = new(Normalize: true, options.EncodeTwice);
        SigningScope scope = ScopeOf(claim);
        byte[] canonical = new byte[CanonicalRequest.MaxLength(request, claim.SignedNames, payloadHash)];
        int length = CanonicalRequest.Write(
            request, claim.SignedNames, payloadHash, rule, AmzHeaders.SignatureParameter, canonical);
        byte[] toSign = new byte[StringToSign.MaxLength(scope)];
        int toSignLength = StringToSign.Write(claim.Date, scope, canonical.AsSpan(0, length), toSign);
        string message =
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            + "Access Key and signing method. Consult the service documentation for details.\n\n"
            + $"The Canonical String for this request should have been\n'{Encoding.UTF8.GetString(canonical, 0, length)}'"
            + $"\n\nThe String-to-Sign should have been\n'{Encoding.UTF8.GetString(toSign, 0, toSignLength)}'\n";
        return new VerificationResult(outcome, key, message);
    }

    private static ReadOnlySpan<byte> AsBytes(string? text) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan());
}
