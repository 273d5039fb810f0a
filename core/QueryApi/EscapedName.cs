using System.Globalization;
using System.Text;

namespace AmpEdge.QueryApi;

/// <summary>
/// Prometheus's way of writing any name with letters, digits and underscores: <c>U__</c>, then <c>__</c> for an
/// underscore and <c>_HEX_</c> for any other code point.
/// </summary>
public static class EscapedName
{
    private const string Prefix = "U__";

    /// <summary>The name that was meant; the text itself when it is not in this form.</summary>
    public static string Decode(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder name = new();
        ReadOnlySpan<char> rest = text.AsSpan(Prefix.Length);
        while (!rest.IsEmpty)
        {
            if (rest[0] != '_')
            {
                name.Append(rest[0]);
                rest = rest[1..];
            }
            else if (rest.Length > 1 && rest[1] == '_')
            {
                name.Append('_');
                rest = rest[2..];
            }
            else if (TryTakeCodePoint(ref rest, out Rune rune))
            {
                name.Append(rune.ToString());
            }
            else
            {
                return text;
            }
        }

        return name.ToString();
    }

    private static bool TryTakeCodePoint(ref ReadOnlySpan<char> rest, out Rune rune)
    {
        const int MaxHexDigits = 6;
        rune = default;
        int end = rest[1..].IndexOf('_');
        if (end is < 1 or > MaxHexDigits
            || !int.TryParse(rest.Slice(1, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || !Rune.TryCreate(value, out rune))
        {
            return false;
        }

        rest = rest[(end + 2)..];
        return true;
    }
}
