using System.Security.Cryptography;

namespace AmpEdge.SigV4;

/// <summary>
/// The four lines that the key signs:
/// <code>
/// AWS4-HMAC-SHA256 \n 20150830T123600Z \n 20150830/us-east-1/service/aws4_request \n hash of the canonical request
/// </code>
/// </summary>
internal static class StringToSign
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    public const string Terminator = "aws4_request";

    private const int HashBytes = 32;

    public static int MaxLength(SigningScope scope) =>
        Algorithm.Length + AmzDate.Length + MaxScopeLength(scope) + (2 * HashBytes) + 3;

    public static int MaxScopeLength(SigningScope scope) =>
        AmzDate.DayLength + (3 * (scope.Region.Length + scope.Service.Length)) + Terminator.Length + 3;

    /// <summary>Writes the string to sign and returns its length; <paramref name="date"/> has 16 characters.</summary>
    public static int Write(
        ReadOnlySpan<char> date, SigningScope scope, ReadOnlySpan<byte> canonicalRequest, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(canonicalRequest, hash);

        ByteAppender output = new(destination);
        output.AppendText(Algorithm);
        output.Append((byte)'\n');
        output.AppendText(date);
        output.Append((byte)'\n');
        AppendScope(ref output, date, scope);
        output.Append((byte)'\n');
        output.AppendLowerHex(hash);
        return output.Length;
    }

    /// <summary>Appends <c>20150830/us-east-1/service/aws4_request</c>.</summary>
    public static void AppendScope(ref ByteAppender output, scoped ReadOnlySpan<char> date, SigningScope scope)
    {
        output.AppendText(date[..AmzDate.DayLength]);
        output.Append((byte)'/');
        output.AppendText(scope.Region);
        output.Append((byte)'/');
        output.AppendText(scope.Service);
        output.Append((byte)'/');
        output.AppendText(Terminator);
    }
}
