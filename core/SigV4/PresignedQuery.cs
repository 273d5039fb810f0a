using System.Globalization;
using System.Text;

namespace AmpEdge.SigV4;

/// <summary>Signs a request in its query instead of in a header, so that a plain URL carries the permission.</summary>
public static class PresignedQuery
{
    /// <summary>
    /// Returns the query to send: the request's own, the signature's parameters and last <c>X-Amz-Signature</c>.
    /// </summary>
    /// <param name="signer">Names region, service and path rule.</param>
    /// <param name="request">The request without any signature parameter.</param>
    /// <param name="payloadHash">Hex of the body's SHA-256, or <see cref="PayloadHash.Unsigned"/>.</param>
    /// <param name="credentials">Whose key signs.</param>
    /// <param name="signedAt">The time of the signature, to the second.</param>
    /// <param name="lifetime">How long the URL is good for: from one second to seven days.</param>
    /// <param name="signToken">False for services that want the session token outside of the signature.</param>
    public static string Sign(
        SigV4Signer signer,
        in RequestParts request,
        string payloadHash,
        AwsCredentials credentials,
        DateTimeOffset signedAt,
        TimeSpan lifetime,
        bool signToken = true) =>
        Explain(signer, request, payloadHash, credentials, signedAt, lifetime, signToken).Query;

    /// <summary>The same, with the steps of the signature.</summary>
    public static (string Query, SigningSteps Steps) Explain(
        SigV4Signer signer,
        in RequestParts request,
        string payloadHash,
        AwsCredentials credentials,
        DateTimeOffset signedAt,
        TimeSpan lifetime,
        bool signToken = true)
    {
        string date = AmzDate.ToText(signedAt);
        string day = date[..AmzDate.DayLength];
        string credential =
            $"{credentials.AccessKeyId}/{day}/{signer.Scope.Region}/{signer.Scope.Service}/{StringToSign.Terminator}";
        char[] nameBuffer = new char[CanonicalHeaders.MaxNamesLength(request.Headers)];
        ReadOnlySpan<char> names =
            nameBuffer.AsSpan(0, CanonicalHeaders.WriteSignedNames(request.Headers, nameBuffer));

        StringBuilder query = new();
        query.Append(request.Query);
        Append(query, AmzHeaders.AlgorithmParameter, StringToSign.Algorithm);
        Append(query, AmzHeaders.CredentialParameter, credential);
        Append(query, AmzHeaders.Date, date);
        Append(query, AmzHeaders.SignedHeadersParameter, names);
        Append(
            query,
            AmzHeaders.ExpiresParameter,
            ((long)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if (signToken && credentials.SessionToken is not null)
        {
            Append(query, AmzHeaders.SecurityToken, credentials.SessionToken);
        }

        string signedQuery = query.ToString();
        RequestParts signed = new(request.Method, request.Path, signedQuery, request.Headers);
        SigningSteps steps = signer.Explain(signed, payloadHash, credentials, signedAt);
        if (!signToken && credentials.SessionToken is not null)
        {
            Append(query, AmzHeaders.SecurityToken, credentials.SessionToken);
        }

        Append(query, AmzHeaders.SignatureParameter, steps.Signature);
        return (query.ToString(), steps);
    }

    private static void Append(StringBuilder query, string name, ReadOnlySpan<char> value)
    {
        if (query.Length > 0)
        {
            query.Append('&');
        }

        query.Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
