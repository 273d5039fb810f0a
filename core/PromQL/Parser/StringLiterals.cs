using System.Buffers;
using System.Globalization;
using System.Text;

namespace AmpEdge.PromQL;

/// <summary>
/// Reads quoted texts: Go's escapes between double or single quotes, nothing special between backquotes.
/// </summary>
internal static class StringLiterals
{
    private const string SimpleEscapes = "abfnrtv\\";
    private const string SimpleValues = "\a\b\f\n\r\t\v\\";
    private const int SurrogateStart = 0xD800;
    private const int SurrogateEnd = 0xE000;
    private const int LastRune = 0x10FFFF;

    /// <summary>
    /// Checks the escape at <paramref name="position"/> (its backslash) and moves behind it; the error otherwise.
    /// </summary>
    public static string? CheckEscape(ReadOnlySpan<byte> input, ref int position, byte quote)
    {
        position++;
        if (position >= input.Length)
        {
            return "escape sequence not terminated";
        }

        byte letter = input[position];
        if (letter == quote || SimpleEscapes.Contains((char)letter, StringComparison.Ordinal))
        {
            position++;
            return null;
        }

        (int digits, int numberBase) = DigitsOf(letter);
        if (digits == 0)
        {
            return $"unknown escape sequence {Describe(input[position..])}";
        }

        position += numberBase == 8 ? 0 : 1;
        long value = 0;
        for (int index = 0; index < digits; index++, position++)
        {
            if (position >= input.Length)
            {
                return "escape sequence not terminated";
            }

            int digit = CharacterClass.DigitValue(input[position]);
            if (digit >= numberBase)
            {
                return $"illegal character {Describe(input[position..])} in escape sequence";
            }

            value = (value * numberBase) + digit;
        }

        bool isByte = numberBase == 8 || letter == 'x';
        return value > (isByte ? byte.MaxValue : LastRune) || value is >= SurrogateStart and < SurrogateEnd
            ? "escape sequence is an invalid Unicode code point"
            : null;
    }

    /// <summary>The text of a literal that the lexer has let pass, quotes included.</summary>
    public static byte[] Unquote(ReadOnlySpan<byte> literal)
    {
        byte quote = literal[0];
        ReadOnlySpan<byte> inner = literal[1..^1];
        if (quote == '`' || !inner.Contains((byte)'\\'))
        {
            return inner.ToArray();
        }

        ArrayBufferWriter<byte> text = new(inner.Length);
        while (!inner.IsEmpty)
        {
            int plain = inner.IndexOf((byte)'\\');
            text.Write(plain < 0 ? inner : inner[..plain]);
            inner = plain < 0 ? [] : inner[plain..];
            if (!inner.IsEmpty)
            {
                inner = inner[AppendEscape(text, inner)..];
            }
        }

        return text.WrittenSpan.ToArray();
    }

    private static int AppendEscape(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> escape)
    {
        byte letter = escape[1];
        (int digits, int numberBase) = DigitsOf(letter);
        if (digits == 0)
        {
            int simple = SimpleEscapes.IndexOf((char)letter, StringComparison.Ordinal);
            text.Write([simple < 0 ? letter : (byte)SimpleValues[simple]]);
            return 2;
        }

        int start = numberBase == 8 ? 1 : 2;
        int value = 0;
        foreach (byte digit in escape.Slice(start, digits))
        {
            value = (value * numberBase) + CharacterClass.DigitValue(digit);
        }

        if (numberBase == 8 || letter == 'x')
        {
            text.Write([(byte)value]);
        }
        else
        {
            Span<byte> utf8 = stackalloc byte[4];
            text.Write(utf8[..new Rune(value).EncodeToUtf8(utf8)]);
        }

        return start + digits;
    }

    private static (int Digits, int NumberBase) DigitsOf(byte letter) => (char)letter switch
    {
        >= '0' and <= '7' => (3, 8),
        'x' => (2, 16),
        'u' => (4, 16),
        'U' => (8, 16),
        _ => (0, 0),
    };

    // U+0063 'c', and without the character where it cannot be printed.
    private static string Describe(ReadOnlySpan<byte> utf8)
    {
        Rune.DecodeFromUtf8(utf8, out Rune rune, out _);
        string code = "U+" + rune.Value.ToString("X4", CultureInfo.InvariantCulture);
        return GoQuote.IsPrintable(rune) ? $"{code} '{rune}'" : code;
    }
}
