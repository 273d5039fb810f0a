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
    private const int MaxDepth = 1000;

    private Re2Cursor _in;
    private int _depth;
    private Flags _flags;
    private readonly Dictionary<string, int> _groupNames = [];
    private int _groups;

    private Re2Parser(string pattern) => _in = new Re2Cursor(pattern);

    [Flags]
    private enum Flags
    {
        None = 0,
        FoldCase = 1,
        MultiLine = 2,
        DotNewline = 4,
        Ungreedy = 8,
    }

    /// <exception cref="RegexSyntaxException">The pattern is not RE2's.</exception>
    public static RegexNode Parse(string pattern) => Parse(pattern, out _);

    /// <summary>The same, with the numbers of the named groups.</summary>
    public static RegexNode Parse(string pattern, out IReadOnlyDictionary<string, int> groupNames)
    {
        Re2Parser parser = new(pattern);
        RegexNode tree = parser.ParseAlternation();
        groupNames = parser._groupNames;
        return parser._in.AtEnd ? tree : throw new RegexSyntaxException("unexpected )", pattern);
    }

    private RegexNode ParseAlternation()
    {
        if (++_depth > MaxDepth)
        {
            throw new RegexSyntaxException("expression nests too deeply", _in.Pattern);
        }

        Flags outerFlags = _flags;
        List<RegexNode> choices = [];
        do
        {
            choices.Add(ParseConcatenation());
        }
        while (_in.TryTake('|'));
        _flags = outerFlags;
        _depth--;
        return choices.Count == 1 ? choices[0] : new Alternate(choices);
    }

    private RegexNode ParseConcatenation()
    {
        List<RegexNode> parts = [];
        while (!_in.AtEnd && _in.Current is not ('|' or ')'))
        {
            char next = _in.Current;
            if (next is '*' or '+' or '?' || (next == '{' && _in.TryPeekRepeat(out _, out _, out _)))
            {
                ParseRepeatOfLast(parts);
            }
            else if (_in.Rest.StartsWith(@"\Q"))
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
        int start = _in.Position;
        (int min, int max) = _in.TakeRepeat();
        bool lazy = _in.TryTake('?') ^ _flags.HasFlag(Flags.Ungreedy);
        string written = _in.Pattern[start.._in.Position];
        if (parts.Count == 0)
        {
            throw new RegexSyntaxException("missing argument to repetition operator", written);
        }

        if (min > Re2Cursor.MaxRepeat || max > Re2Cursor.MaxRepeat || (max >= 0 && min > max)
            || ((min >= 2 || max >= 2) && !Fits(parts[^1], Re2Cursor.MaxRepeat / Math.Max(min, max))))
        {
            throw new RegexSyntaxException("invalid repeat count", written);
        }

        parts[^1] = new Repeat(parts[^1], min, max, lazy);
        if (!_in.AtEnd && (_in.Current is '*' or '+' or '?' || _in.TryPeekRepeat(out _, out _, out _)))
        {
            // Stacked operators mean something else in Perl (a*+), so they are refused whole, a** too.
            _in.TakeRepeat();
            _in.TryTake('?');
            throw new RegexSyntaxException("invalid nested repetition operator", _in.Pattern[start.._in.Position]);
        }
    }

    /// <summary>Whether counts inside of counts multiply to no more than is allowed.</summary>
    private static bool Fits(RegexNode node, int allowed)
    {
        switch (node)
        {
            case Repeat { Max: 0 }:
                return true;
            case Repeat repeat:
                int count = repeat.Max < 0 ? repeat.Min : repeat.Max;
                return count <= allowed && Fits(repeat.Part, count > 0 ? allowed / count : allowed);
            case Capture capture:
                return Fits(capture.Part, allowed);
            case Concat concat:
                return AllFit(concat.Parts, allowed);
            case Alternate alternate:
                return AllFit(alternate.Choices, allowed);
            default:
                return true;
        }
    }

    private static bool AllFit(IReadOnlyList<RegexNode> nodes, int allowed)
    {
        foreach (RegexNode node in nodes)
        {
            if (!Fits(node, allowed))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One atom; null where the text only changed the flags.</summary>
    private RegexNode? ParseAtom()
    {
        switch (_in.Current)
        {
            case '(':
                return ParseGroup();
            case '[':
                return new Class(Re2ClassReader.Read(ref _in, _flags.HasFlag(Flags.FoldCase)));
            case '.':
                _in.Position++;
                return new Any(_flags.HasFlag(Flags.DotNewline));
            case '^':
                _in.Position++;
                return new Assertion(
                    _flags.HasFlag(Flags.MultiLine) ? AssertionKind.LineBegin : AssertionKind.TextBegin);
            case '$':
                _in.Position++;
                return new Assertion(_flags.HasFlag(Flags.MultiLine) ? AssertionKind.LineEnd : AssertionKind.TextEnd);
            case '\\':
                return ParseEscape();
            default:
                return NewLiteral(_in.TakeRune());
        }
    }

    /// <summary>Half of a surrogate pair can be written (<c>\x{D800}</c>), but no text holds it: an empty class.</summary>
    private readonly RegexNode NewLiteral(int rune) => Rune.IsValid(rune)
        ? new Literal(rune, _flags.HasFlag(Flags.FoldCase))
        : new Class(new RuneSet());

    private RegexNode? ParseGroup()
    {
        int start = _in.Position++;
        if (!_in.TryTake('?'))
        {
            return FinishCapture();
        }

        if (_in.Rest.StartsWith("P<") || _in.Rest.StartsWith("<"))
        {
            TakeGroupName(start);
            return FinishCapture();
        }

        Flags flags = TakeFlags(start, out bool opensGroup);
        if (!opensGroup)
        {
            _flags = flags;
            return null;
        }

        Flags outer = _flags;
        _flags = flags;
        RegexNode group = FinishGroup();
        _flags = outer;
        return group;
    }

    private Capture FinishCapture()
    {
        int number = ++_groups;
        return new Capture(FinishGroup(), number);
    }

    private RegexNode FinishGroup()
    {
        RegexNode inside = ParseAlternation();
        if (!_in.TryTake(')'))
        {
            throw new RegexSyntaxException("missing closing )", _in.Pattern);
        }

        return inside;
    }

    /// <summary>Reads the name of the group that opens next.</summary>
    private void TakeGroupName(int start)
    {
        int nameStart = _in.Pattern.IndexOf('<', _in.Position) + 1;
        int nameEnd = _in.Pattern.IndexOf('>', nameStart);
        if (nameEnd < 0)
        {
            throw new RegexSyntaxException("invalid named capture", _in.Pattern[start..]);
        }

        string name = _in.Pattern[nameStart..nameEnd];
        _in.Position = nameEnd + 1;
        bool isWord = name.Length > 0;
        foreach (char letter in name)
        {
            isWord &= char.IsAsciiLetterOrDigit(letter) || letter == '_';
        }

        if (!isWord)
        {
            throw new RegexSyntaxException("invalid named capture", _in.Pattern[start.._in.Position]);
        }

        if (!_groupNames.TryAdd(name, _groups + 1))
        {
            throw new RegexSyntaxException("duplicate capture group name", name);
        }
    }

    private Flags TakeFlags(int start, out bool opensGroup)
    {
        Flags flags = _flags;
        bool negative = false;
        bool sawFlag = false;
        while (!_in.AtEnd)
        {
            char letter = _in.Pattern[_in.Position++];
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

        throw _in.AtEnd && !_in.Pattern.AsSpan(start).Contains(')')
            ? new RegexSyntaxException("missing closing )", _in.Pattern)
            : new RegexSyntaxException("invalid or unsupported Perl syntax", _in.Pattern[start.._in.Position]);
    }

    private RegexNode ParseEscape()
    {
        int start = _in.Position;
        if (_in.Position + 1 >= _in.Pattern.Length)
        {
            throw new RegexSyntaxException("trailing backslash at end of expression", "");
        }

        switch (_in.Pattern[_in.Position + 1])
        {
            case 'A':
                _in.Position += 2;
                return new Assertion(AssertionKind.TextBegin);
            case 'z':
                _in.Position += 2;
                return new Assertion(AssertionKind.TextEnd);
            case 'b':
                _in.Position += 2;
                return new Assertion(AssertionKind.WordBoundary);
            case 'B':
                _in.Position += 2;
                return new Assertion(AssertionKind.NoWordBoundary);
            default:
                break;
        }

        if (Re2ClassReader.TryReadEscape(ref _in, _flags.HasFlag(Flags.FoldCase)) is { } set)
        {
            return new Class(set);
        }

        return NewLiteral(_in.TakeEscapedRune(start));
    }

    /// <summary>The characters of <c>\Q…\E</c>, one by one, so that an operator behind them takes the last one.</summary>
    private void AddQuoted(List<RegexNode> parts)
    {
        _in.Position += 2;
        int end = _in.Pattern.IndexOf(@"\E", _in.Position, StringComparison.Ordinal);
        int textEnd = end < 0 ? _in.Pattern.Length : end;
        while (_in.Position < textEnd)
        {
            parts.Add(NewLiteral(_in.TakeRune()));
        }

        _in.Position = end < 0 ? textEnd : textEnd + 2;
    }
}
