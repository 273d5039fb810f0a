using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>
/// The characters of a class: ranges of code points, and whether the whole is negated.
/// </summary>
internal sealed class RuneSet
{
    public const int MaxRune = 0x10FFFF;

    private readonly List<(int First, int Last)> _ranges = [];

    public bool Negated { get; set; }

    public void Add(int first, int last) => _ranges.Add((first, last));

    public void Add(RuneSet other) => _ranges.AddRange(other.Ranges());

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

    /// <summary>The ranges sorted, merged, and turned around where the set is negated.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges()
    {
        List<(int First, int Last)> merged = Merge();
        return Negated ? Complement(merged) : merged;
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
