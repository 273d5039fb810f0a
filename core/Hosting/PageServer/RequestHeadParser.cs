using System.Buffers;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>
/// Reads the head of an HTTP/1 request (RFC 9112): strict where readings differ between servers, since two servers that
/// read one request differently are how requests are smuggled.
/// </summary>
internal static class RequestHeadParser
{
    private static readonly SearchValues<byte> s_tokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Visible ASCII; what else a target holds must be percent-encoded.</summary>
    private static readonly SearchValues<byte> s_targetBytes = SearchValues.Create(
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>What the limits say of a head, whole or not yet.</summary>
    public static RequestRefusal CheckSize(ReadOnlySpan<byte> bytes, HttpServerOptions limits)
    {
        int newline = bytes.IndexOf((byte)'\n');
        int line = newline < 0 ? bytes.Length : newline + 1;
        if (line > limits.MaxRequestLineBytes)
        {
            return new RequestRefusal(414, $"the request line has more than {limits.MaxRequestLineBytes} bytes");
        }

        return bytes.Length - line > limits.MaxRequestHeaderBytes
            ? new RequestRefusal(431, $"the header fields have more than {limits.MaxRequestHeaderBytes} bytes")
            : RequestRefusal.None;
    }

    /// <summary>Parses a whole head, empty line included; null with the refusal when it is none.</summary>
    public static RequestHead? Parse(ReadOnlySpan<byte> bytes, HttpServerOptions limits, out RequestRefusal refusal)
    {
        ReadOnlySpan<byte> rest = bytes;
        refusal = ParseRequestLine(HttpFraming.NextLine(ref rest), out string method, out string target, out bool isHttp10);
        if (refusal.IsRefused)
        {
            return null;
        }

        List<KeyValuePair<string, string>> fields = [];
        for (ReadOnlySpan<byte> line = HttpFraming.NextLine(ref rest); !line.IsEmpty; line = HttpFraming.NextLine(ref rest))
        {
            if (fields.Count == limits.MaxRequestHeaderCount)
            {
                refusal = new RequestRefusal(431, $"the request has more than {limits.MaxRequestHeaderCount} header fields");
                return null;
            }

            refusal = ParseField(line, fields);
            if (refusal.IsRefused)
            {
                return null;
            }
        }

        return RequestFraming.Apply(
            new RequestHead { Method = method, Target = target, IsHttp10 = isHttp10, Fields = fields }, out refusal);
    }

    private static RequestRefusal ParseRequestLine(
        ReadOnlySpan<byte> line, out string method, out string target, out bool isHttp10)
    {
        (method, target, isHttp10) = ("", "", false);
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first < 0 || first == last)
        {
            return RequestRefusal.Malformed("its first line is not METHOD TARGET VERSION");
        }

        ReadOnlySpan<byte> version = line[(last + 1)..];
        isHttp10 = version.SequenceEqual("HTTP/1.0"u8);
        if (!isHttp10 && !version.SequenceEqual("HTTP/1.1"u8))
        {
            return version.StartsWith("HTTP/"u8)
                ? new RequestRefusal(505, "spoken here: HTTP/1.0, HTTP/1.1")
                : RequestRefusal.Malformed("its version is not HTTP/1.1");
        }

        if (first == 0 || line[..first].ContainsAnyExcept(s_tokenBytes))
        {
            return RequestRefusal.Malformed("its method is no token");
        }

        ReadOnlySpan<byte> sent = line[(first + 1)..last];
        if (sent.IsEmpty || sent.ContainsAnyExcept(s_targetBytes))
        {
            return RequestRefusal.Malformed("its target holds what must be percent-encoded");
        }

        (method, target) = (Encoding.Latin1.GetString(line[..first]), Encoding.Latin1.GetString(sent));
        return RequestRefusal.None;
    }

    /// <summary><c>name: value</c>; a name that is followed by a blank, and a line that goes on with the last value, are refused.</summary>
    private static RequestRefusal ParseField(ReadOnlySpan<byte> line, List<KeyValuePair<string, string>> fields)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(s_tokenBytes))
        {
            return RequestRefusal.Malformed("a header field has no name");
        }

        ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
        foreach (byte character in value)
        {
            if (character is (< 0x20 and not (byte)'\t') or 0x7F)
            {
                return RequestRefusal.Malformed("a header field holds a control character");
            }
        }

        fields.Add(new(Encoding.Latin1.GetString(line[..colon]), Encoding.Latin1.GetString(value)));
        return RequestRefusal.None;
    }
}
