using System.Globalization;
using System.Text;
using static AmpEdge.Prometheus.RegexNode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Reads the syntax of RE2 as Go's regexp package takes it, with its error texts, because that is what every
/// Prometheus expression and relabel rule is written in. .NET's own dialect differs in classes, flags, escapes and
/// what it forgives; see <see cref="DotNetRegexWriter"/>.
/// </summary>
internal ref struct Re2Parser
{
    private const int MaxRepeat = 1000;
    private const int MaxDepth = 1000;

    private readonly string _pattern;
    private int _position;
    private int _depth;
    private Flags _flags;
    private HashSet<string>? _groupNames;

    private Re2Parser(string pattern) => _pattern = pattern;

    [Flags]
    private enum Flags
    {
        None = 0,
        FoldCase = 1,
        MultiLine = 2,
        DotNewline = 4,
        Ungreedy = 8,
    }

    private readonly bool AtEnd => _position >= _pattern.Length;

    /// <exception cref="RegexSyntaxException">The pattern is not RE2's.</exception>
    public static RegexNode Parse(string pattern)
    {
        Re2Parser parser = new(pattern);
        RegexNode tree = parser.ParseAlternation();
        return parser.AtEnd ? tree : throw new RegexSyntaxException("unexpected )", pattern);
    }

    private RegexNode ParseAlternation()
    {
        if (++_depth > MaxDepth)
        {
            throw new RegexSyntaxException("expression nests too deeply", _pattern);
        }

        Flags outerFlags = _flags;
        List<RegexNode> choices = [];
        do
        {
            choices.Add(ParseConcatenation());
        }
        while (TryTake('|'));
        _flags = outerFlags;
        _depth--;
        return choices.Count == 1 ? choices[0] : new Alternate(choices);
    }

    private RegexNode ParseConcatenation()
    {
        List<RegexNode> parts = [];
        while (!AtEnd && _pattern[_position] is not ('|' or ')'))
        {
            char next = _pattern[_position];
            if (next is '*' or '+' or '?' || (next == '{' && TryPeekRepeat(out _, out _, out _)))
            {
                ParseRepeatOfLast(parts);
            }
            else if (_pattern.AsSpan(_position).StartsWith(@"\Q"))
            {
                AddQuoted(parts);
            }
            else if (ParseAtom() is { } atom)
            {
                parts.Add(atom);
            }
        }

        return parts.Count switch
        {
            0 => new Empty(),
            1 => parts[0],
            _ => new Concat(parts),
        };
    }

    private void ParseRepeatOfLast(List<RegexNode> parts)
    {
        int start = _position;
        (int min, int max) = TakeRepeat();
        bool lazy = TryTake('?') ^ _flags.HasFlag(Flags.Ungreedy);
        string written = _pattern[start.._position];
        if (parts.Count == 0)
        {
            throw new RegexSyntaxException("missing argument to repetition operator", written);
        }

        if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && min > max))
        {
            throw new RegexSyntaxException("invalid repeat count", written);
        }

        parts[^1] = new Repeat(parts[^1], min, max, lazy);
        if (!AtEnd && (_pattern[_position] is '*' or '+' or '?' || TryPeekRepeat(out _, out _, out _)))
        {
            // Stacked operators mean something else in Perl (a*+), so they are refused whole, a** too.
            TakeRepeat();
            TryTake('?');
            throw new RegexSyntaxException("invalid nested repetition operator", _pattern[start.._position]);
        }
    }

    private (int Min, int Max) TakeRepeat()
    {
        switch (_pattern[_position])
        {
            case '*':
                _position++;
                return (0, -1);
            case '+':
                _position++;
                return (1, -1);
            case '?':
                _position++;
                return (0, 1);
            default:
                TryPeekRepeat(out int min, out int max, out int length);
                _position += length;
                return (min, max);
        }
    }

    /// <summary><c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else in braces is a literal brace.</summary>
    private readonly bool TryPeekRepeat(out int min, out int max, out int length)
    {
        (min, max, length) = (0, 0, 0);
        if (AtEnd || _pattern[_position] != '{')
        {
            return false;
        }

        int close = _pattern.IndexOf('}', _position);
        if (close < 0)
        {
            return false;
        }

        ReadOnlySpan<char> inside = _pattern.AsSpan(_position + 1, close - _position - 1);
        length = close - _position + 1;
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

    /// <summary>One atom; null where the text only changed the flags.</summary>
    private RegexNode? ParseAtom()
    {
        switch (_pattern[_position])
        {
            case '(':
                return ParseGroup();
            case '[':
                return new Class(ParseClass());
            case '.':
                _position++;
                return new Any(_flags.HasFlag(Flags.DotNewline));
            case '^':
                _position++;
                return new Assertion(
                    _flags.HasFlag(Flags.MultiLine) ? AssertionKind.LineBegin : AssertionKind.TextBegin);
            case '$':
                _position++;
                return new Assertion(_flags.HasFlag(Flags.MultiLine) ? AssertionKind.LineEnd : AssertionKind.TextEnd);
            case '\\':
                return ParseEscape();
            default:
                return NewLiteral(TakeRune());
        }
    }

    private readonly Literal NewLiteral(int rune) => new(rune, _flags.HasFlag(Flags.FoldCase));

    private RegexNode? ParseGroup()
    {
        int start = _position++;
        if (!TryTake('?'))
        {
            return FinishGroup(isCapture: true, name: null);
        }

        if (_pattern.AsSpan(_position).StartsWith("P<") || _pattern.AsSpan(_position).StartsWith("<"))
        {
            return FinishGroup(isCapture: true, TakeGroupName(start));
        }

        Flags flags = TakeFlags(start, out bool opensGroup);
        if (!opensGroup)
        {
            _flags = flags;
            return null;
        }

        Flags outer = _flags;
        _flags = flags;
        RegexNode group = FinishGroup(isCapture: false, name: null);
        _flags = outer;
        return group;
    }

    private RegexNode FinishGroup(bool isCapture, string? name)
    {
        RegexNode inside = ParseAlternation();
        if (!TryTake(')'))
        {
            throw new RegexSyntaxException("missing closing )", _pattern);
        }

        return isCapture ? new Capture(inside, name) : inside;
    }

    private string TakeGroupName(int start)
    {
        int nameStart = _pattern.IndexOf('<', _position) + 1;
        int nameEnd = _pattern.IndexOf('>', nameStart);
        if (nameEnd < 0)
        {
            throw new RegexSyntaxException("invalid named capture", _pattern[start..]);
        }

        string name = _pattern[nameStart..nameEnd];
        _position = nameEnd + 1;
        bool isWord = name.Length > 0;
        foreach (char letter in name)
        {
            isWord &= char.IsAsciiLetterOrDigit(letter) || letter == '_';
        }

        if (!isWord)
        {
            throw new RegexSyntaxException("invalid named capture", _pattern[start.._position]);
        }

        return (_groupNames ??= []).Add(name)
            ? name
            : throw new RegexSyntaxException("duplicate capture group name", name);
    }

    private Flags TakeFlags(int start, out bool opensGroup)
    {
        Flags flags = _flags;
        bool negative = false;
        bool sawFlag = false;
        while (!AtEnd)
        {
            char letter = _pattern[_position++];
            Flags flag = letter switch
            {
                'i' => Flags.FoldCase,
                'm' => Flags.MultiLine,
                's' => Flags.DotNewline,
                'U' => Flags.Ungreedy,
                _ => Flags.None,
            };
            if (flag != Flags.None)
            {
                flags = negative ? flags & ~flag : flags | flag;
                sawFlag = true;
            }
            else if (letter == '-' && !negative)
            {
                (negative, sawFlag) = (true, false);
            }
            else if (letter is ':' or ')' && !(negative && !sawFlag))
            {
                opensGroup = letter == ':';
                return flags;
            }
            else
            {
                break;
            }
        }

        throw AtEnd && !_pattern.AsSpan(start).Contains(')')
            ? new RegexSyntaxException("missing closing )", _pattern)
            : new RegexSyntaxException("invalid or unsupported Perl syntax", _pattern[start.._position]);
    }

    private RegexNode ParseEscape()
    {
        int start = _position;
        if (_position + 1 >= _pattern.Length)
        {
            throw new RegexSyntaxException("trailing backslash at end of expression", "");
        }

        switch (_pattern[_position + 1])
        {
            case 'A':
                _position += 2;
                return new Assertion(AssertionKind.TextBegin);
            case 'z':
                _position += 2;
                return new Assertion(AssertionKind.TextEnd);
            case 'b':
                _position += 2;
                return new Assertion(AssertionKind.WordBoundary);
            case 'B':
                _position += 2;
                return new Assertion(AssertionKind.NoWordBoundary);
            default:
                break;
        }

        if (TryTakeClassEscape() is { } set)
        {
            return new Class(set);
        }

        return NewLiteral(TakeEscapedRune(start));
    }

    /// <summary>The characters of <c>\Q…\E</c>, one by one, so that an operator behind them takes the last one.</summary>
    private void AddQuoted(List<RegexNode> parts)
    {
        _position += 2;
        int end = _pattern.IndexOf(@"\E", _position, StringComparison.Ordinal);
        int textEnd = end < 0 ? _pattern.Length : end;
        while (_position < textEnd)
        {
            parts.Add(NewLiteral(TakeRune()));
        }

        _position = end < 0 ? textEnd : textEnd + 2;
    }

    /// <summary><c>\d \w \s \p{…}</c> and their negations; null where the escape is a single character.</summary>
    private RuneSet? TryTakeClassEscape()
    {
        char letter = _pattern[_position + 1];
        if (letter is 'p' or 'P')
        {
            return TakeUnicodeCategory();
        }

        RuneSet? set = Re2Classes.OfEscape(letter);
        if (set is null)
        {
            return null;
        }

        _position += 2;
        if (_flags.HasFlag(Flags.FoldCase) && !set.Negated)
        {
            set.FoldCase();
        }

        return set;
    }

    private RuneSet TakeUnicodeCategory()
    {
        int start = _position;
        bool negated = _pattern[_position + 1] == 'P';
        _position += 2;
        string name;
        if (TryTake('{'))
        {
            int close = _pattern.IndexOf('}', _position);
            if (close < 0)
            {
                throw new RegexSyntaxException("invalid character class range", _pattern[start..]);
            }

            name = _pattern[_position..close];
            _position = close + 1;
        }
        else if (!AtEnd)
        {
            name = _pattern[_position++].ToString();
        }
        else
        {
            throw new RegexSyntaxException("invalid character class range", _pattern[start..]);
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        RuneSet set = new();
        if (name == "Any")
        {
            set.Add(0, RuneSet.MaxRune);
            set.Negated = negated;
        }
        else if (Re2Classes.IsUnicodeCategory(name))
        {
            set.AddCategory(name, negated);
        }
        else
        {
            throw new RegexSyntaxException(
                "invalid character class range (general categories such as Lu are allowed, scripts are not)",
                _pattern[start.._position]);
        }

        return set;
    }

    private int TakeEscapedRune(int start)
    {
        _position++;
        char letter = _pattern[_position];
        switch (letter)
        {
            case 'a':
                _position++;
                return '\a';
            case 'f':
                _position++;
                return '\f';
            case 'n':
                _position++;
                return '\n';
            case 'r':
                _position++;
                return '\r';
            case 't':
                _position++;
                return '\t';
            case 'v':
                _position++;
                return '\v';
            case 'x':
                return TakeHexRune(start);
            case >= '1' and <= '7' when _position + 1 < _pattern.Length && _pattern[_position + 1] is >= '0' and <= '7':
            case '0':
                return TakeOctalRune();
            default:
                break;
        }

        if (letter < 0x80 && !char.IsAsciiLetterOrDigit(letter))
        {
            _position++;
            return letter;
        }

        TakeRune();
        throw new RegexSyntaxException("invalid escape sequence", _pattern[start.._position]);
    }

    private int TakeOctalRune()
    {
        int rune = 0;
        for (int digits = 0; digits < 3 && !AtEnd && _pattern[_position] is >= '0' and <= '7'; digits++)
        {
            rune = (rune * 8) + (_pattern[_position++] - '0');
        }

        return rune;
    }

    private int TakeHexRune(int start)
    {
        _position++;
        int digitsStart = _position;
        int digitsEnd;
        if (TryTake('{'))
        {
            digitsStart = _position;
            digitsEnd = _pattern.IndexOf('}', _position);
            _position = digitsEnd < 0 ? _pattern.Length : digitsEnd + 1;
        }
        else
        {
            digitsEnd = Math.Min(_position + 2, _pattern.Length);
            _position = digitsEnd;
            digitsEnd = digitsEnd - digitsStart == 2 ? digitsEnd : -1;
        }

        return digitsEnd > digitsStart
            && int.TryParse(
                _pattern.AsSpan(digitsStart, digitsEnd - digitsStart),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out int rune)
            && rune is >= 0 and <= RuneSet.MaxRune
                ? rune
                : throw new RegexSyntaxException("invalid escape sequence", _pattern[start.._position]);
    }

    private RuneSet ParseClass()
    {
        int start = _position++;
        RuneSet set = new();
        bool negated = TryTake('^');
        for (bool first = true; ; first = false)
        {
            if (AtEnd)
            {
                throw new RegexSyntaxException("missing closing ]", _pattern[start..]);
            }

            if (!first && TryTake(']'))
            {
                break;
            }

            ParseClassItem(set, start);
        }

        if (_flags.HasFlag(Flags.FoldCase))
        {
            set.FoldCase();
        }

        // Without the flag s a negated class still takes a newline, as RE2 does by default.
        set.Negated = negated;
        return set;
    }

    private void ParseClassItem(RuneSet set, int classStart)
    {
        if (_pattern.AsSpan(_position).StartsWith("[:")
            && _pattern.IndexOf(":]", _position + 2, StringComparison.Ordinal) is >= 0 and int close)
        {
            string name = _pattern[_position..(close + 2)];
            set.Add(Re2Classes.OfPosixName(name)
                ?? throw new RegexSyntaxException("invalid character class range", name));
            _position = close + 2;
            return;
        }

        if (_pattern[_position] == '\\' && _position + 1 < _pattern.Length && TryTakeClassEscape() is { } escape)
        {
            set.Add(escape);
            return;
        }

        int itemStart = _position;
        int first = TakeClassRune(classStart);
        int last = first;
        if (_position + 1 < _pattern.Length && _pattern[_position] == '-' && _pattern[_position + 1] != ']')
        {
            _position++;
            last = TakeClassRune(classStart);
            if (last < first)
            {
                throw new RegexSyntaxException("invalid character class range", _pattern[itemStart.._position]);
            }
        }

        set.Add(first, last);
    }

    private int TakeClassRune(int classStart)
    {
        if (AtEnd)
        {
            throw new RegexSyntaxException("missing closing ]", _pattern[classStart..]);
        }

        if (_pattern[_position] != '\\')
        {
            return TakeRune();
        }

        return _position + 1 < _pattern.Length
            ? TakeEscapedRune(_position)
            : throw new RegexSyntaxException("trailing backslash at end of expression", "");
    }

    private int TakeRune()
    {
        if (Rune.TryGetRuneAt(_pattern, _position, out Rune rune))
        {
            _position += rune.Utf16SequenceLength;
            return rune.Value;
        }

        throw new RegexSyntaxException("invalid UTF-8", _pattern);
    }

    private bool TryTake(char expected)
    {
        if (AtEnd || _pattern[_position] != expected)
        {
            return false;
        }

        _position++;
        return true;
    }
}
