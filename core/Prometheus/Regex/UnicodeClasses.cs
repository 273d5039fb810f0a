using System.Collections.Concurrent;
using System.Globalization;

namespace AmpEdge.Prometheus;

/// <summary>The classes of <c>\p{…}</c>, general categories and scripts, as ranges over all of Unicode.</summary>
internal static class UnicodeClasses
{
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    /// <summary>The letters of categories in the order of <see cref="UnicodeCategory"/>.</summary>
    private static readonly string[] s_categories =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd",
        "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    /// <summary>What was asked for once is asked for again; there are few names.</summary>
    private static readonly ConcurrentDictionary<string, List<(int First, int Last)>> s_known = new(StringComparer.Ordinal);

    /// <summary>A new set of the characters of a category such as <c>Lu</c> or <c>L</c>, or of a script; null for other names.</summary>
    public static RuneSet? Of(string name)
    {
        if (!s_known.TryGetValue(name, out List<(int First, int Last)>? ranges))
        {
            ranges = FindCategory(name) ?? UnicodeScripts.Of(name);
            if (ranges is null)
            {
                return null;
            }

            s_known.TryAdd(name, ranges);
        }

        RuneSet set = new();
        foreach ((int first, int last) in ranges)
        {
            set.Add(first, last);
        }

        return set;
    }

    /// <summary>RE2 has no name for what is not assigned, and leaves it out of C.</summary>
    private static List<(int First, int Last)>? FindCategory(string name)
    {
        bool[] wanted = new bool[s_categories.Length];
        bool any = false;
        for (int index = 0; index < wanted.Length; index++)
        {
            string category = s_categories[index];
            wanted[index] = category != "Cn" && (category == name || (name.Length == 1 && category[0] == name[0]));
            any |= wanted[index];
        }

        return any ? Collect(wanted) : null;
    }

    private static List<(int First, int Last)> Collect(bool[] wanted)
    {
        List<(int First, int Last)> ranges = [];
        int first = -1;
        for (int rune = 0; rune <= RuneSet.MaxRune + 1; rune++)
        {
            bool isIn = rune <= RuneSet.MaxRune
                && rune is not (>= FirstSurrogate and <= LastSurrogate)
                && wanted[(int)CharUnicodeInfo.GetUnicodeCategory(rune)];
            if (isIn && first < 0)
            {
                first = rune;
            }
            else if (!isIn && first >= 0)
            {
                ranges.Add((first, rune - 1));
                first = -1;
            }
        }

        return ranges;
    }
}
