using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>Simple case folding: the other characters that count as the same letter under the flag <c>i</c>.</summary>
internal static class CaseFolding
{
    /// <summary>The last code point that has another case (Adlam).</summary>
    public const int LastRuneWithCase = 0x1E943;

    private const int KelvinSign = 0x212A;
    private const int LongS = 0x017F;

    public static IEnumerable<int> OtherCases(int rune)
    {
        if (!Rune.IsValid(rune))
        {
            yield break;
        }

        int lower = Rune.ToLowerInvariant(new Rune(rune)).Value;
        int upper = Rune.ToUpperInvariant(new Rune(rune)).Value;
        if (lower != rune)
        {
            yield return lower;
        }

        if (upper != rune)
        {
            yield return upper;
        }

        // The two non-ASCII characters that fold to ASCII letters.
        switch (lower)
        {
            case 'k' when rune != KelvinSign:
                yield return KelvinSign;
                break;
            case 's' when rune != LongS:
                yield return LongS;
                break;
            default:
                break;
        }
    }
}
