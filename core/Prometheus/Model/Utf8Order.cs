namespace AmpEdge.Prometheus;

/// <summary>
/// The order of names and values everywhere in Prometheus: by UTF-8 bytes. UTF-16 puts the characters from U+10000 on
/// before some of those below.
/// </summary>
public sealed class Utf8Order : IComparer<string>
{
    private Utf8Order()
    {
    }

    public static Utf8Order Instance { get; } = new();

    /// <summary>As the bytes compare; null comes first.</summary>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        int same = x.AsSpan().CommonPrefixLength(y);
        if (same == x.Length || same == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        // Surrogates stand for the characters from U+10000 on, above all others in UTF-8 but not in UTF-16.
        bool xIsHigh = char.IsSurrogate(x[same]);
        bool yIsHigh = char.IsSurrogate(y[same]);
        return xIsHigh == yIsHigh ? x[same].CompareTo(y[same]) : xIsHigh.CompareTo(yIsHigh);
    }
}
