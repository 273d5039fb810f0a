using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>Simple case folding: the other characters that count as the same letter under the flag <c>i</c>.</summary>
internal static class CaseFolding
{
    /// <summary>The last code point that has another case (Adlam).</summary>
    public const int LastRuneWithCase = 0x1E943;

    private const int KelvinSign = 0x212A;
    private const int LongS = 0x017F;

    // They have an upper or lower case, but in Turkic languages only, so they fold to nothing.
    private const int CapitalIWithDot = 0x0130;
    private const int DotlessI = 0x0131;

    /// <summary>Letters that are neither the lower nor the upper case of what they fold to (ς, ǅ, ẞ, …), by that.</summary>
    private static readonly Lazy<Dictionary<int, int[]>> s_thirdCases = new(FindThirdCases);

    public static IEnumerable<int> OtherCases(int rune)
    {
        if (!Rune.IsValid(rune) || rune is CapitalIWithDot or DotlessI)
        {
            yield break;
        }

        int lower = Fold(rune);
        int upper = Rune.ToUpperInvariant(new Rune(lower)).Value;
        if (lower != rune)
        {
            yield return lower;
        }

        if (upper != rune && upper != lower)
        {
            yield return upper;
        }

        // ASCII, which is nearly all of what is folded, does without the table.
        int[] thirds = lower switch
        {
            'k' => [KelvinSign],
            's' => [LongS],
            < 0x80 => [],
            _ => s_thirdCases.Value.GetValueOrDefault(lower) ?? [],
        };
        foreach (int third in thirds)
        {
            if (third != rune)
            {
                yield return third;
            }
        }
    }

    /// <summary>One letter for all of its cases: by way of the upper case, which they share.</summary>
    private static int Fold(int rune) => Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(rune))).Value;

    private static Dictionary<int, int[]> FindThirdCases()
    {
        Dictionary<int, int[]> found = [];
        for (int rune = 0; rune <= LastRuneWithCase; rune++)
        {
            if (!Rune.IsValid(rune) || rune is CapitalIWithDot or DotlessI)
            {
                continue;
            }

            int folded = Fold(rune);
            if (rune != folded && rune != Rune.ToUpperInvariant(new Rune(folded)).Value)
            {
                found[folded] = [.. found.GetValueOrDefault(folded) ?? [], rune];
            }
        }

        return found;
    }
}
