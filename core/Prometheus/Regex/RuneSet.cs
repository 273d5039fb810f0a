using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>
/// The characters of a class: ranges of code points, Unicode categories by name (in .NET's spelling, `Lu` or `L`), and
/// whether the whole is negated.
/// </summary>
internal sealed class RuneSet
{
    public const int MaxRune = 0x10FFFF;

    private readonly List<(int First, int Last)> _ranges = [];
    private readonly List<(string Name, bool Negated)> _categories = [];

    public bool Negated { get; set; }

    public IReadOnlyList<(string Name, bool Negated)> Categories => _categories;

    public void Add(int first, int last) => _ranges.Add((first, last));

    public void Add(RuneSet other)
    {
        // A negated set without categories is just other ranges; the parser hands over nothing else.
        _ranges.AddRange(other.Ranges());
        _categories.AddRange(other._categories);
    }

    public void AddCategory(string name, bool negated) => _categories.Add((name, negated));

    /// <summary>Adds the other cases of every character (flag <c>i</c>).</summary>
    public void FoldCase()
    {
        foreach ((int first, int last) in _ranges.ToArray())
        {
            for (int rune = first; rune <= last && rune <= CaseFolding.LastRuneWithCase; rune++)
            {
                foreach (int other in CaseFolding.OtherCases(rune))
                {
                    _ranges.Add((other, other));
                }
            }
        }
    }

    /// <summary>The ranges sorted, merged, and turned around where the set is negated and has no categories.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges()
    {
        List<(int First, int Last)> merged = Merge();
        return Negated && _categories.Count == 0 ? Complement(merged) : merged;
    }

    /// <summary>
    /// The ranges above U+FFFF, sorted. No category is taken to hold any of these characters, so that its negation holds
    /// all of them.
    /// </summary>
    public IEnumerable<(int First, int Last)> AstralRanges()
    {
        List<(int First, int Last)> ranges = _categories.Exists(static category => category.Negated)
            ? [(0, MaxRune)]
            : Merge();
        foreach ((int first, int last) in Negated ? Complement(ranges) : ranges)
        {
            if (last > char.MaxValue)
            {
                yield return (Math.Max(first, char.MaxValue + 1), last);
            }
        }
    }

    private static List<(int First, int Last)> Complement(List<(int First, int Last)> merged)
    {
        List<(int First, int Last)> gaps = [];
        int next = 0;
        foreach ((int first, int last) in merged)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= MaxRune)
        {
            gaps.Add((next, MaxRune));
        }

        return gaps;
    }

    private List<(int First, int Last)> Merge()
    {
        List<(int First, int Last)> sorted = [.. _ranges];
        sorted.Sort();
        List<(int First, int Last)> merged = [];
        foreach ((int first, int last) in sorted)
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return merged;
    }

    public override string ToString()
    {
        StringBuilder text = new(Negated ? "[^" : "[");
        foreach ((int first, int last) in _ranges)
        {
            text.Append($"{first:x}-{last:x} ");
        }

        return text.Append(']').ToString();
    }
}
