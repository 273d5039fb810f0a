using System.Buffers;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Decodes <c>%XX</c> in path segments (RFC 3986); <c>+</c> stays a plus there.</summary>
public static class PercentEncoding
{
    /// <summary>False when an escape is cut short or not hexadecimal, or when the bytes are no valid UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out string decoded)
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
            return TryDecodeBytes(text, bytes, out int length) && TryReadUtf8(bytes.AsSpan(0, length), out decoded);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
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

    private static bool TryReadUtf8(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        return true;
    }
}
