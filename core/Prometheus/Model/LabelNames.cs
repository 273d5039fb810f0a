using System.Buffers;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>Label names with a meaning of their own, and the rules for names.</summary>
public static class LabelNames
{
    public const string MetricName = "__name__";
    public const string MetricType = "__type__";
    public const string MetricUnit = "__unit__";
    public const string Bucket = "le";
    public const string Quantile = "quantile";
    public const string Job = "job";
    public const string Instance = "instance";

    /// <summary>Labels of targets that begin so are hidden from series.</summary>
    public const string ReservedPrefix = "__";
    public const string MetaPrefix = "__meta_";
    public const string ExportedPrefix = "exported_";

    private static readonly SearchValues<byte> s_labelNameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    private static readonly SearchValues<byte> s_metricNameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:"u8);

    public static ReadOnlySpan<byte> MetricNameUtf8 => "__name__"u8;

    public static ReadOnlySpan<byte> MetricTypeUtf8 => "__type__"u8;

    public static ReadOnlySpan<byte> MetricUnitUtf8 => "__unit__"u8;

    /// <summary><c>[a-zA-Z_][a-zA-Z0-9_]*</c>: what may be written without quotes.</summary>
    public static bool IsLegacyLabelName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !IsDigit(name[0]) && !name.ContainsAnyExcept(s_labelNameBytes);

    /// <summary><c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
    public static bool IsLegacyMetricName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !IsDigit(name[0]) && !name.ContainsAnyExcept(s_metricNameBytes);

    /// <summary>Any UTF-8 that is not empty: the rule since Prometheus 3, for metrics and labels.</summary>
    public static bool IsUtf8Name(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && System.Text.Unicode.Utf8.IsValid(name);

    /// <summary>
    /// The part of a label's name that stands for a key from elsewhere (a tag, an annotation): every character that a
    /// legacy name may not hold becomes an underscore, as in Prometheus's discovery.
    /// </summary>
    public static string Sanitize(string key)
    {
        StringBuilder name = new(key.Length);
        foreach (Rune letter in key.EnumerateRunes())
        {
            bool stays = letter.IsAscii && char.IsAsciiLetterOrDigit((char)letter.Value);
            name.Append(stays ? (char)letter.Value : '_');
        }

        return name.ToString();
    }

    private static bool IsDigit(byte letter) => (uint)(letter - '0') <= 9;
}
