using System.Buffers;
using System.Text;

namespace AmpEdge.SigV4;

/// <summary>
/// Percent-encoding as Signature Version 4 wants it: letters, digits and <c>-._~</c> stand for themselves, every other
/// byte of the UTF-8 text becomes <c>%XX</c> with upper-case digits.
/// </summary>
internal static class UriEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> s_unreserved = SearchValues.Create(Unreserved);

    private static ReadOnlySpan<byte> UpperHex => "0123456789ABCDEF"u8;

    public static bool IsUnreserved(char value) => s_unreserved.Contains(value);

    /// <summary>Encodes text that is taken literally: a percent sign becomes <c>%25</c>.</summary>
    public static void AppendLiteral(ref ByteAppender output, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            AppendUnreservedRun(ref output, ref text);
            if (!text.IsEmpty)
            {
                AppendRune(ref output, ref text);
            }
        }
    }

    /// <summary>
    /// Encodes text that is already encoded in some way: a valid escape stands for its byte, so <c>%41</c> and
    /// <c>A</c> come out alike; a percent sign without two digits stands for itself.
    /// </summary>
    public static void AppendDecoded(ref ByteAppender output, ReadOnlySpan<char> text, bool plusIsSpace)
    {
        while (!text.IsEmpty)
        {
            AppendUnreservedRun(ref output, ref text);
            if (text.IsEmpty)
            {
                return;
            }

            if (TryReadEscape(text, out byte value))
            {
                AppendByte(ref output, value);
                text = text[3..];
            }
            else if (plusIsSpace && text[0] == '+')
            {
                output.Append("%20"u8);
                text = text[1..];
            }
            else
            {
                AppendRune(ref output, ref text);
            }
        }
    }

    private static void AppendUnreservedRun(ref ByteAppender output, ref ReadOnlySpan<char> text)
    {
        int run = text.IndexOfAnyExcept(s_unreserved);
        run = run < 0 ? text.Length : run;
        output.AppendText(text[..run]);
        text = text[run..];
    }

    private static bool TryReadEscape(ReadOnlySpan<char> text, out byte value)
    {
        value = 0;
        if (text.Length < 3 || text[0] != '%' || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
        {
            return false;
        }

        value = (byte)((HexValue(text[1]) << 4) | HexValue(text[2]));
        return true;
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static void AppendRune(ref ByteAppender output, ref ReadOnlySpan<char> text)
    {
        // An unpaired surrogate decodes to U+FFFD, which is also what goes over the wire.
        Rune.DecodeFromUtf16(text, out Rune rune, out int consumed);
        Span<byte> utf8 = stackalloc byte[4];
        int length = rune.EncodeToUtf8(utf8);
        foreach (byte value in utf8[..length])
        {
            AppendByte(ref output, value);
        }

        text = text[consumed..];
    }

    private static void AppendByte(ref ByteAppender output, byte value)
    {
        if (s_unreserved.Contains((char)value))
        {
            output.Append(value);
            return;
        }

        output.Append((byte)'%');
        output.Append(UpperHex[value >> 4]);
        output.Append(UpperHex[value & 0xF]);
    }
}
