using System.Buffers;
using System.Globalization;

namespace AmpEdge.SigV4;

/// <summary>Reads a <see cref="SignatureClaim"/> from the <c>Authorization</c> header or from a presigned query.</summary>
internal static class ClaimReader
{
    private const int SignatureLength = 64;

    /// <summary>The framework's name of the form <c>Thu, 01 Jan 2026 00:00:00 GMT</c>.</summary>
    private const string Rfc1123 = "r";
    private const long MaxLifetimeSeconds = 7 * 24 * 3600;

    private static readonly SearchValues<char> s_upperCase = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Reads the claim; on anything but <see cref="VerificationOutcome.Verified"/> says what is wrong.</summary>
    public static VerificationOutcome Read(in RequestParts request, ref SignatureClaim claim, out string problem)
    {
        string? authorization = null;
        foreach (ref readonly HeaderField field in request.Headers)
        {
            if (field.Name.Equals(AmzHeaders.Authorization, StringComparison.OrdinalIgnoreCase))
            {
                if (authorization is not null)
                {
                    problem = "The request has more than one 'Authorization' header.";
                    return VerificationOutcome.Malformed;
                }

                authorization = field.Value;
            }
        }

        if (authorization is not null)
        {
            problem = ReadHeader(request, authorization, ref claim);
        }
        else if (request.Query.Contains(AmzHeaders.SignatureParameter, StringComparison.Ordinal))
        {
            problem = ReadQuery(request.Query, ref claim);
        }
        else
        {
            problem = "Missing Authentication Token";
            return VerificationOutcome.MissingToken;
        }

        return problem.Length == 0 ? VerificationOutcome.Verified : VerificationOutcome.Malformed;
    }

    private static string ReadHeader(in RequestParts request, string authorization, ref SignatureClaim claim)
    {
        ReadOnlySpan<char> rest = authorization.AsSpan().Trim();
        if (!rest.StartsWith(StringToSign.Algorithm, StringComparison.Ordinal)
            || rest.Length <= StringToSign.Algorithm.Length
            || rest[StringToSign.Algorithm.Length] is not (' ' or '\t'))
        {
            return $"Authorization header must begin with '{StringToSign.Algorithm} '.";
        }

        ReadOnlySpan<char> credential = default;
        rest = rest[StringToSign.Algorithm.Length..];
        foreach (Range range in rest.Split(','))
        {
            ReadOnlySpan<char> item = rest[range].Trim();
            int equals = item.IndexOf('=');
            ReadOnlySpan<char> value = equals < 0 ? default : item[(equals + 1)..];
            switch (equals < 0 ? default : item[..equals])
            {
                case "Credential" when credential.IsEmpty:
                    credential = value;
                    break;
                case "SignedHeaders" when claim.SignedNames.IsEmpty:
                    claim.SignedNames = value;
                    break;
                case "Signature" when claim.Signature.IsEmpty:
                    claim.Signature = value;
                    break;
                default:
                    return $"'{Cut(item)}' is not a valid key=value pair of the Authorization header.";
            }
        }

        ReadDate(request, ref claim);
        claim.SessionToken = request.FindHeader(AmzHeaders.SecurityToken);
        if (Missing("Authorization header requires '{0}' parameter.", credential, claim) is { } missing)
        {
            return missing;
        }

        return claim.Date.IsEmpty
            ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
            : ReadParts(credential, ref claim);
    }

    /// <summary>
    /// Takes <c>X-Amz-Date</c>, or <c>Date</c> where that is absent: in the basic form or in HTTP's (RFC 1123), which the
    /// string to sign has in the basic form.
    /// </summary>
    private static void ReadDate(in RequestParts request, ref SignatureClaim claim)
    {
        string? date = request.FindHeader(AmzHeaders.Date);
        claim.IsHttpDate = date is null;
        date ??= request.FindHeader(AmzHeaders.HttpDate)?.Trim();
        claim.Date = claim.IsHttpDate
            && DateTimeOffset.TryParseExact(
                date, Rfc1123, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? AmzDate.ToText(time)
            : date;
    }

    private static string ReadQuery(ReadOnlySpan<char> query, ref SignatureClaim claim)
    {
        string? algorithm = null;
        string? credential = null;
        string? expires = null;
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> item = query[range];
            int equals = item.IndexOf('=');
            string value = equals < 0 ? "" : Uri.UnescapeDataString(item[(equals + 1)..]);
            switch (equals < 0 ? item : item[..equals])
            {
                case AmzHeaders.AlgorithmParameter:
                    algorithm = value;
                    break;
                case AmzHeaders.CredentialParameter:
                    credential = value;
                    break;
                case AmzHeaders.ExpiresParameter:
                    expires = value;
                    break;
                case AmzHeaders.Date:
                    claim.Date = value;
                    break;
                case AmzHeaders.SignedHeadersParameter:
                    claim.SignedNames = value;
                    break;
                case AmzHeaders.SignatureParameter:
                    claim.Signature = value;
                    break;
                case AmzHeaders.SecurityToken:
                    claim.SessionToken = value;
                    break;
            }
        }

        if (algorithm != StringToSign.Algorithm)
        {
            return $"{AmzHeaders.AlgorithmParameter} must be '{StringToSign.Algorithm}'.";
        }

        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            || seconds is < 1 or > MaxLifetimeSeconds)
        {
            return $"{AmzHeaders.ExpiresParameter} must be a number of seconds from 1 to {MaxLifetimeSeconds}.";
        }

        claim.Lifetime = TimeSpan.FromSeconds(seconds);
        return Missing("The query string requires '{0}'.", credential, claim)
            ?? (claim.Date.IsEmpty ? $"The query string requires '{AmzHeaders.Date}'." : ReadParts(credential, ref claim));
    }

    private static string? Missing(string format, ReadOnlySpan<char> credential, in SignatureClaim claim)
    {
        string? name = credential.IsEmpty ? "Credential"
            : claim.SignedNames.IsEmpty ? "SignedHeaders"
            : claim.Signature.IsEmpty ? "Signature"
            : null;
        return name is null ? null : format.Replace("{0}", name, StringComparison.Ordinal);
    }

    /// <summary>Checks the shape of each part; returns an empty text when all are well-formed.</summary>
    private static string ReadParts(ReadOnlySpan<char> credential, ref SignatureClaim claim)
    {
        if (!AmzDate.TryParse(claim.Date, out claim.SignedAt))
        {
            return $"Date must be in ISO-8601 'basic format'. Got '{Cut(claim.Date)}'.";
        }

        if (!ReadCredential(credential, ref claim))
        {
            return "Credential must have the form '<access key id>/<yyyyMMdd>/<region>/<service>/aws4_request'. "
                + $"Got '{Cut(credential)}'.";
        }

        if (!AreSortedNames(claim.SignedNames))
        {
            return "SignedHeaders must be lower-case names, sorted and separated by semicolons. "
                + $"Got '{Cut(claim.SignedNames)}'.";
        }

        return claim.Signature.Length == SignatureLength ? "" : $"Signature must have {SignatureLength} hex digits.";
    }

    /// <summary>Splits from the right, since only the key id might hold a slash.</summary>
    private static bool ReadCredential(ReadOnlySpan<char> credential, ref SignatureClaim claim)
    {
        ReadOnlySpan<char> rest = credential;
        ReadOnlySpan<char> terminator = TakeLast(ref rest);
        claim.Service = TakeLast(ref rest);
        claim.Region = TakeLast(ref rest);
        claim.Day = TakeLast(ref rest);
        claim.AccessKeyId = rest;
        return terminator is StringToSign.Terminator
            && !claim.Service.IsEmpty
            && !claim.Region.IsEmpty
            && claim.Day.Length == AmzDate.DayLength
            && !claim.AccessKeyId.IsEmpty;
    }

    private static ReadOnlySpan<char> TakeLast(scoped ref ReadOnlySpan<char> rest)
    {
        int slash = rest.LastIndexOf('/');
        ReadOnlySpan<char> last = slash < 0 ? default : rest[(slash + 1)..];
        rest = slash < 0 ? default : rest[..slash];
        return last;
    }

    /// <summary>Sorted without repeats: then each header stands in the canonical request once.</summary>
    private static bool AreSortedNames(ReadOnlySpan<char> names)
    {
        ReadOnlySpan<char> last = default;
        foreach (Range range in names.Split(';'))
        {
            ReadOnlySpan<char> name = names[range];
            if (name.SequenceCompareTo(last) <= 0 || name.ContainsAny(s_upperCase))
            {
                return false;
            }

            last = name;
        }

        return true;
    }

    private static string Cut(ReadOnlySpan<char> value) => value.Length <= 200 ? value.ToString() : $"{value[..200]}…";
}
