using System.Globalization;
using System.Net.Http.Headers;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>What an answer tells a signer.</summary>
internal static class AwsAnswer
{
    private const string ErrorTypeHeader = "x-amzn-ErrorType";

    /// <summary>The error of an answer, with the beginning of its body.</summary>
    public static AwsError ErrorOf(HttpResponseMessage answer, ReadOnlyMemory<byte> body) =>
        AwsError.Read(
            answer.Headers.NonValidated.TryGetValues(ErrorTypeHeader, out HeaderStringValues values) ? values.ToString() : null,
            body);

    /// <summary>When the upstream answered by its own clock; null when it does not say, or when a cache answered.</summary>
    public static DateTimeOffset? DateOf(HttpResponseMessage answer) =>
        !answer.Headers.NonValidated.Contains("Age")
        && answer.Headers.NonValidated.TryGetValues("Date", out HeaderStringValues values)
        && DateTimeOffset.TryParseExact(
            values.ToString(), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? date
            : null;
}
