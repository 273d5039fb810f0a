using System.Buffers;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Decodes <c>%XX</c> in path segments (RFC 3986); <c>+</c> stays a plus there.</summary>
public static class PercentEncoding
{
    /// <summary>Where the lone surrogates begin that stand for bytes, as in Python's surrogateescape.</summary>
    private const int ByteMark = 0xDC00;

    /// <summary>False when an escape is cut short or not hexadecimal, or when the bytes are no valid UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out string decoded) => TryDecode(text, mayBeBytes: false, out decoded);

    /// <summary>
    /// False when an escape is cut short or not hexadecimal. A byte that is no UTF-8 stands in the text as a lone
    /// surrogate, U+DC80 to U+DCFF, which no text that is UTF-8 has; <see cref="BytesOf"/> gives it back.
    /// </summary>
    public static bool TryDecodeBytes(ReadOnlySpan<char> text, out string decoded) =>
        TryDecode(text, mayBeBytes: true, out decoded);

    /// <summary>The bytes that <see cref="TryDecodeBytes(ReadOnlySpan{char}, out string)"/> made a text of.</summary>
    public static byte[] BytesOf(string decoded)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(decoded.Length)];
        ReadOnlySpan<char> rest = decoded;
        int length = 0;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int taken) == OperationStatus.Done)
            {
                length += rune.EncodeToUtf8(bytes.AsSpan(length));
            }
            else
            {
                bytes[length++] = (byte)(rest[0] - ByteMark);
            }

            rest = rest[taken..];
        }

        return bytes[..length];
    }

    private static bool TryDecode(ReadOnlySpan<char> text, bool mayBeBytes, out string decoded)
    {
        if (text.IndexOf('%') < 0)
        {
            decoded = text.ToString();
            return true;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            decoded = "";
            if (!TryDecodeBytes(text, bytes, out int length))
            {
                return false;
            }

            bool isText = System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length));
            decoded = isText ? Encoding.UTF8.GetString(bytes, 0, length)
                : mayBeBytes ? WithByteMarks(bytes.AsSpan(0, length))
                : "";
            return isText || mayBeBytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static string WithByteMarks(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            bool isRune = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done;
            text.Append(isRune ? rune.ToString() : ((char)(ByteMark + bytes[0])).ToString());
            bytes = bytes[(isRune ? length : 1)..];
        }

        return text.ToString();
    }

    private static bool TryDecodeBytes(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        length = 0;
        while (text.Length > 0)
        {
            int plain = text.IndexOf('%');
            plain = plain < 0 ? text.Length : plain;
            length += Encoding.UTF8.GetBytes(text[..plain], bytes[length..]);
            text = text[plain..];
            if (text.Length == 0)
            {
                return true;
            }

            if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
            {
                return false;
            }

            bytes[length++] = (byte)((HexDigit(text[1]) << 4) | HexDigit(text[2]));
            text = text[3..];
        }

        return true;
    }

    private static int HexDigit(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
