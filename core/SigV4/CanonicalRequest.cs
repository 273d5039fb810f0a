using System.Text;

namespace AmpEdge.SigV4;

/// <summary>
/// The text whose hash is signed, written by signer and verifier alike:
/// <code>
/// method \n path \n query \n name:value \n … \n \n signed names \n payload hash
/// </code>
/// </summary>
internal static class CanonicalRequest
{
    /// <summary>Escape of an ASCII character.</summary>
    private const int EscapeLength = 3;

    /// <summary>Longest escape of one UTF-16 unit: three UTF-8 bytes, three characters each.</summary>
    private const int WideEscapeLength = 9;

    /// <summary>A buffer of this many bytes holds the canonical request whatever it looks like.</summary>
    public static int MaxLength(
        in RequestParts request, ReadOnlySpan<char> signedNames, ReadOnlySpan<char> payloadHash)
    {
        const int NewLines = 6;
        int pathLength = ((Ascii.IsValid(request.Path) ? EscapeLength : WideEscapeLength) * request.Path.Length) + 1;
        int queryLength = CanonicalQuery.MaxLength(request.Query);
        return (3 * request.Method.Length)
            + pathLength
            + queryLength
            + CanonicalHeaders.MaxLinesLength(request.Headers, signedNames)
            + (3 * signedNames.Length)
            + (3 * payloadHash.Length)
            + NewLines;
    }

    /// <summary>Writes the canonical request and returns its length.</summary>
    /// <param name="request">The request as on the wire.</param>
    /// <param name="signedNames">Lower-case names, sorted, joined by semicolons.</param>
    /// <param name="payloadHash">Hex of the body's SHA-256, or the literal that stands for it.</param>
    /// <param name="rule">How the path is encoded.</param>
    /// <param name="exceptParameter">A query parameter to leave out: the signature of a presigned request.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    public static int Write(
        in RequestParts request,
        ReadOnlySpan<char> signedNames,
        ReadOnlySpan<char> payloadHash,
        PathRule rule,
        ReadOnlySpan<char> exceptParameter,
        Span<byte> destination)
    {
        ByteAppender output = new(destination);
        output.AppendText(request.Method);
        output.Append((byte)'\n');
        CanonicalPath.Append(ref output, request.Path, rule);
        output.Append((byte)'\n');
        CanonicalQuery.Append(ref output, request.Query, exceptParameter);
        output.Append((byte)'\n');
        CanonicalHeaders.AppendLines(ref output, request.Headers, signedNames);
        output.Append((byte)'\n');
        output.AppendText(signedNames);
        output.Append((byte)'\n');
        output.AppendText(payloadHash);
        return output.Length;
    }
}
