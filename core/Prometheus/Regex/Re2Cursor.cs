using System.Buffers;
using System.Globalization;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>A place in an RE2 pattern, and what can be read there without knowing what stands around it.</summary>
internal struct Re2Cursor(string pattern)
{
    /// <summary>The largest count that a repetition may have.</summary>
    public const int MaxRepeat = 1000;

    private static readonly SearchValues<char> s_repeatCharacters = SearchValues.Create("0123456789,");

    /// <summary>None stands anywhere behind: not to be looked for again at each place where one might begin.</summary>
    private bool _hasNoPosixEnd;

    public string Pattern { get; } = pattern;

    public int Position { get; set; }

    public readonly bool AtEnd => Position >= Pattern.Length;

    public readonly char Current => Pattern[Position];

    public readonly ReadOnlySpan<char> Rest => Pattern.AsSpan(Position);

    /// <summary><c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else in braces is a literal brace.</summary>
    public readonly bool TryPeekRepeat(out int min, out int max, out int length)
    {
        (min, max, length) = (0, 0, 0);
        if (AtEnd || Pattern[Position] != '{')
        {
            return false;
        }

        // No further than a repetition can go: a pattern may hold any number of braces that are none.
        ReadOnlySpan<char> inside = Pattern.AsSpan(Position + 1);
        int close = inside.IndexOfAnyExcept(s_repeatCharacters);
        if (close < 0 || inside[close] != '}')
        {
            return false;
        }

        inside = inside[..close];
        length = close + 2;
        int comma = inside.IndexOf(',');
        if (comma < 0)
        {
            max = 0;
            bool isCount = TryParseCount(inside, out min);
            max = min;
            return isCount;
        }

        max = -1;
        return TryParseCount(inside[..comma], out min)
            && (comma == inside.Length - 1 || TryParseCount(inside[(comma + 1)..], out max));
    }

    /// <summary>Where the <c>:]</c> stands that ends a class such as <c>[:alpha:]</c> which begins here; -1 without one.</summary>
    public int FindPosixEnd()
    {
        if (_hasNoPosixEnd)
        {
            return -1;
        }

        int end = Pattern.IndexOf(":]", Position + 2, StringComparison.Ordinal);
        _hasNoPosixEnd = end < 0;
        return end;
    }

    public (int Min, int Max) TakeRepeat()
    {
        switch (Pattern[Position])
        {
            case '*':
                Position++;
                return (0, -1);
            case '+':
                Position++;
                return (1, -1);
            case '?':
                Position++;
                return (0, 1);
            default:
                TryPeekRepeat(out int min, out int max, out int length);
                Position += length;
                return (min, max);
        }
    }

    public bool TryTake(char expected)
    {
        if (AtEnd || Pattern[Position] != expected)
        {
            return false;
        }

        Position++;
        return true;
    }

    public int TakeRune()
    {
        if (Rune.TryGetRuneAt(Pattern, Position, out Rune rune))
        {
            Position += rune.Utf16SequenceLength;
            return rune.Value;
        }

        throw new RegexSyntaxException("invalid UTF-8", Pattern);
    }

    public int TakeEscapedRune(int start)
    {
        Position++;
        char letter = Pattern[Position];
        switch (letter)
        {
            case 'a':
                Position++;
                return '\a';
            case 'f':
                Position++;
                return '\f';
            case 'n':
                Position++;
                return '\n';
            case 'r':
                Position++;
                return '\r';
            case 't':
                Position++;
                return '\t';
            case 'v':
                Position++;
                return '\v';
            case 'x':
                return TakeHexRune(start);
            case >= '1' and <= '7' when Position + 1 < Pattern.Length && Pattern[Position + 1] is >= '0' and <= '7':
            case '0':
                return TakeOctalRune();
            default:
                break;
        }

        if (letter < 0x80 && !char.IsAsciiLetterOrDigit(letter))
        {
            Position++;
            return letter;
        }

        TakeRune();
        throw new RegexSyntaxException("invalid escape sequence", Pattern[start..Position]);
    }

    private int TakeHexRune(int start)
    {
        Position++;
        int digitsStart = Position;
        int digitsEnd;
        if (TryTake('{'))
        {
            digitsStart = Position;
            digitsEnd = Pattern.IndexOf('}', Position);
            Position = digitsEnd < 0 ? Pattern.Length : digitsEnd + 1;
        }
        else
        {
            digitsEnd = Math.Min(Position + 2, Pattern.Length);
            Position = digitsEnd;
            digitsEnd = digitsEnd - digitsStart == 2 ? digitsEnd : -1;
        }

        return digitsEnd > digitsStart
            && int.TryParse(
                Pattern.AsSpan(digitsStart, digitsEnd - digitsStart),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out int rune)
            && rune is >= 0 and <= RuneSet.MaxRune
                ? rune
                : throw new RegexSyntaxException("invalid escape sequence", Pattern[start..Position]);
    }

    private int TakeOctalRune()
    {
        int rune = 0;
        for (int digits = 0; digits < 3 && !AtEnd && Pattern[Position] is >= '0' and <= '7'; digits++)
        {
            rune = (rune * 8) + (Pattern[Position++] - '0');
        }

        return rune;
    }

    private static bool TryParseCount(ReadOnlySpan<char> digits, out int count)
    {
        count = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9') || (digits.Length > 1 && digits[0] == '0'))
        {
            return false;
        }

        // What does not fit an int is over the limit all the same.
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            count = MaxRepeat + 1;
        }

        return true;
    }
}
