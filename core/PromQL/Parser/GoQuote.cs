using System.Globalization;
using System.Text;

namespace AmpEdge.PromQL;

/// <summary>
/// Writes texts in double quotes with the escapes of Go, as Prometheus prints label values and strings.
/// </summary>
public static class GoQuote
{
    public static string Quote(string text) => Quote(Encoding.UTF8.GetBytes(text));

    /// <summary>Printable characters stay, bytes that are no UTF-8 become <c>\xff</c>.</summary>
    public static string Quote(ReadOnlySpan<byte> utf8)
    {
        StringBuilder quoted = new(utf8.Length + 2);
        quoted.Append('"');
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            {
                AppendHex(quoted, utf8[0], "\\x", 2);
                utf8 = utf8[1..];
                continue;
            }

            AppendRune(quoted, rune, '"');
            utf8 = utf8[length..];
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>One character in single quotes, such as <c>'}'</c>.</summary>
    public static string Quote(Rune rune)
    {
        StringBuilder quoted = new("'");
        AppendRune(quoted, rune, '\'');
        return quoted.Append('\'').ToString();
    }

    private static void AppendRune(StringBuilder quoted, Rune rune, char quote)
    {
        if (rune.Value == quote || rune.Value == '\\')
        {
            quoted.Append('\\').Append((char)rune.Value);
            return;
        }

        int escape = "\a\b\f\n\r\t\v".IndexOf((char)rune.Value, StringComparison.Ordinal);
        if (escape >= 0 && rune.IsAscii)
        {
            quoted.Append('\\').Append("abfnrtv"[escape]);
        }
        else if (IsPrintable(rune))
        {
            quoted.Append(rune.ToString());
        }
        else if (rune.Value < 0x80)
        {
            AppendHex(quoted, rune.Value, "\\x", 2);
        }
        else if (rune.IsBmp)
        {
            AppendHex(quoted, rune.Value, "\\u", 4);
        }
        else
        {
            AppendHex(quoted, rune.Value, "\\U", 8);
        }
    }

    private static void AppendHex(StringBuilder quoted, int value, string prefix, int digits) =>
        quoted.Append(prefix).Append(value.ToString("x" + digits.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture));

    // Go's notion: letters, marks, numbers, punctuation, symbols, and of the spaces only the ASCII one.
    internal static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
