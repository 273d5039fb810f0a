using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Federation;

/// <summary>
/// How names that old readers do not know are written: the <c>escaping</c> of a content type. Names of letters, digits and
/// underscores stay as they are in every scheme.
/// </summary>
internal static class NameEscaping
{
    public const string AllowUtf8 = "allow-utf-8";
    public const string Underscores = "underscores";
    public const string Dots = "dots";
    public const string Values = "values";

    public static bool IsKnown(string scheme) => scheme is AllowUtf8 or Underscores or Dots or Values;

    /// <summary>The name in the scheme; the same bytes when it needs no escapes.</summary>
    public static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> name, string scheme) =>
        scheme == AllowUtf8 || LabelNames.IsLegacyMetricName(name)
            ? name
            : Encoding.UTF8.GetBytes(Escape(Encoding.UTF8.GetString(name), scheme));

    private static string Escape(string name, string scheme)
    {
        StringBuilder escaped = new(scheme == Values ? "U__" : "");
        bool isFirst = true;
        foreach (Rune letter in name.EnumerateRunes())
        {
            bool isLegacy = letter.IsAscii
                && (char.IsAsciiLetter((char)letter.Value) || letter.Value is '_' or ':'
                    || (!isFirst && char.IsAsciiDigit((char)letter.Value)));
            isFirst = false;
            if (isLegacy && (letter.Value != '_' || scheme == Underscores))
            {
                escaped.Append((char)letter.Value);
                continue;
            }

            escaped.Append(scheme switch
            {
                Underscores => "_",
                Dots => letter.Value == '.' ? "_dot_" : "__",
                _ => letter.Value == '_' ? "__" : string.Create(CultureInfo.InvariantCulture, $"_{letter.Value:x}_"),
            });
        }

        return escaped.ToString();
    }
}
