using System.Collections.Frozen;

namespace AmpEdge.Prometheus;

/// <summary>RE2's named classes. They are ASCII, where .NET's <c>\d</c>, <c>\w</c> and <c>\s</c> are Unicode.</summary>
internal static class Re2Classes
{
    private const string Digits = "09";
    private const string Words = "09AZ__az";
    private const string Spaces = "\t\n\f\r  ";

    /// <summary>First and last character of each range in turn.</summary>
    private static readonly FrozenDictionary<string, string> s_posix = new Dictionary<string, string>
    {
        ["alnum"] = "09AZaz",
        ["alpha"] = "AZaz",
        ["ascii"] = "\0\x7f",
        ["blank"] = "\t\t  ",
        ["cntrl"] = "\0\x1f\x7f\x7f",
        ["digit"] = Digits,
        ["graph"] = "!~",
        ["lower"] = "az",
        ["print"] = " ~",
        ["punct"] = "!/:@[`{~",
        ["space"] = "\t\r  ",
        ["upper"] = "AZ",
        ["word"] = Words,
        ["xdigit"] = "09AFaf",
    }.ToFrozenDictionary();

    /// <summary>The class of <c>\d</c>, <c>\D</c>, <c>\s</c>, <c>\S</c>, <c>\w</c>, <c>\W</c>; null for other letters.</summary>
    public static RuneSet? OfEscape(char letter) => letter switch
    {
        'd' => FromRanges(Digits, negated: false),
        'D' => FromRanges(Digits, negated: true),
        's' => FromRanges(Spaces, negated: false),
        'S' => FromRanges(Spaces, negated: true),
        'w' => FromRanges(Words, negated: false),
        'W' => FromRanges(Words, negated: true),
        _ => null,
    };

    /// <summary>The class of <c>[:name:]</c> or <c>[:^name:]</c>; null for an unknown name.</summary>
    public static RuneSet? OfPosixName(string bracketed)
    {
        string name = bracketed[2..^2];
        bool negated = name.StartsWith('^');
        return s_posix.TryGetValue(negated ? name[1..] : name, out string? ranges) ? FromRanges(ranges, negated) : null;
    }

    private static RuneSet FromRanges(string ranges, bool negated)
    {
        RuneSet set = new() { Negated = negated };
        for (int index = 0; index < ranges.Length; index += 2)
        {
            set.Add(ranges[index], ranges[index + 1]);
        }

        return set;
    }
}
