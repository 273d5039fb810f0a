using System.Text;

namespace AmpEdge.PromQL;

/// <summary>
/// Cuts a query into words. What a character means depends on where it stands: inside braces there are no keywords,
/// inside brackets there are durations. The first error ends the input.
/// </summary>
internal sealed class Lexer(byte[] input)
{
    private readonly byte[] _input = input;
    private int _position;
    private int _start;
    private int _parenDepth;
    private bool _braceOpen;
    private bool _bracketOpen;

    // After [ and until a first number: the part where only calculations with durations may stand.
    private bool _atDuration;
    private bool _durationSeen;
    private bool _colonSeen;
    private bool _finished;

    /// <summary>What is wrong, once a word of the kind <see cref="TokenKind.Error"/> has come.</summary>
    public string ErrorMessage { get; private set; } = "";

    /// <summary>The byte after the last word.</summary>
    public int Position => _position;

    private int Current => _position < _input.Length ? _input[_position] : -1;

    /// <summary>The next word; comments and blanks are left out.</summary>
    public Token Next()
    {
        SkipBlanks();
        _start = _position;
        if (_finished)
        {
            return new Token(TokenKind.EndOfInput, _position, _position);
        }

        if (_braceOpen)
        {
            return NextInBraces();
        }

        return _atDuration ? NextInDuration() : NextInStatement();
    }

    private void SkipBlanks()
    {
        while (true)
        {
            if (CharacterClass.IsSpace(Current))
            {
                _position++;
            }
            else if (Current == '#' && !_atDuration)
            {
                int length = _input.AsSpan(_position).IndexOfAny((byte)'\r', (byte)'\n');
                _position = length < 0 ? _input.Length : _position + length;
            }
            else
            {
                return;
            }
        }
    }

    private Token NextInStatement()
    {
        int first = Current;
        switch (first)
        {
            case -1:
                return AtEnd();
            case '"' or '\'' or '`':
                return NextString((byte)first);
            case '{':
                _braceOpen = true;
                return Emit(TokenKind.LeftBrace, 1);
            case '[':
                return OpenBracket();
            case ']':
                return CloseBracket();
            case '(' or ')':
                return Paren(first);
            default:
                break;
        }

        if (CharacterClass.IsDigit(first) || (first == '.' && CharacterClass.IsDigit(Peek(1))))
        {
            return NextNumber();
        }

        if (CharacterClass.IsAlpha(first) || first == ':')
        {
            return _bracketOpen ? NextWordInBrackets(first) : NextWord();
        }

        return NextOperator(first);
    }

    private Token AtEnd()
    {
        if (_parenDepth != 0)
        {
            return Fail("unclosed left parenthesis");
        }

        return _bracketOpen ? Fail("unclosed left bracket") : Emit(TokenKind.EndOfInput, 0);
    }

    private Token NextOperator(int first)
    {
        int second = Peek(1);
        switch (first)
        {
            case ',':
                return Emit(TokenKind.Comma, 1);
            case '@':
                return Emit(TokenKind.At, 1);
            case '+' or '-' or '*' or '/' or '%' or '^':
                return Emit(ArithmeticKind(first), 1);
            case '=' when second == '=':
                return Emit(TokenKind.EqualEqual, 2);
            case '=' when second == '~':
                return Fail("unexpected character after '=': '~'");
            case '=':
                return Emit(TokenKind.Equal, 1);
            case '!' when second == '=':
                return Emit(TokenKind.NotEqual, 2);
            case '!':
                return Fail($"unexpected character after '!': {QuoteRuneAt(_position + 1)}");
            case '<' when second == '=':
                return Emit(TokenKind.LessOrEqual, 2);
            case '<' when second == '/':
                return Emit(TokenKind.TrimUpper, 2);
            case '<':
                return Emit(TokenKind.Less, 1);
            case '>' when second == '=':
                return Emit(TokenKind.GreaterOrEqual, 2);
            case '>' when second == '/':
                return Emit(TokenKind.TrimLower, 2);
            case '>':
                return Emit(TokenKind.Greater, 1);
            default:
                return Fail($"unexpected character: {QuoteRuneAt(_position)}");
        }
    }

    private static TokenKind ArithmeticKind(int character) => character switch
    {
        '+' => TokenKind.Add,
        '-' => TokenKind.Subtract,
        '*' => TokenKind.Multiply,
        '/' => TokenKind.Divide,
        '%' => TokenKind.Modulo,
        _ => TokenKind.Power,
    };

    private Token OpenBracket()
    {
        if (_bracketOpen)
        {
            return Fail("unexpected left bracket '['");
        }

        _bracketOpen = true;
        _atDuration = true;
        _colonSeen = false;
        _durationSeen = false;
        return Emit(TokenKind.LeftBracket, 1);
    }

    private Token CloseBracket()
    {
        if (!_bracketOpen)
        {
            return Fail("unexpected right bracket ']'");
        }

        _bracketOpen = false;
        _atDuration = false;
        return Emit(TokenKind.RightBracket, 1);
    }

    private Token Paren(int character)
    {
        if (character == '(')
        {
            _parenDepth++;
            return Emit(TokenKind.LeftParen, 1);
        }

        Token paren = Emit(TokenKind.RightParen, 1);
        if (--_parenDepth >= 0)
        {
            return paren;
        }

        _start = _position;
        return Fail("unexpected right parenthesis ')'");
    }

    private Token NextInDuration()
    {
        int first = Current;
        switch (first)
        {
            case -1:
                return Fail("unexpected end of input in duration expression");
            case ']':
                return CloseBracket();
            case '(' or ')':
                return Paren(first);
            case ',':
                return Emit(TokenKind.Comma, 1);
            case ':':
                return ColonInDuration();
            case '+' or '-' or '*' or '/' or '%' or '^':
                return Emit(ArithmeticKind(first), 1);
            default:
                break;
        }

        if (CharacterClass.IsDigit(first) || (first == '.' && CharacterClass.IsDigit(Peek(1))))
        {
            _durationSeen = true;
            _atDuration = false;
            return NextNumber();
        }

        bool isWord = TryDurationWord(out Token word);
        _durationSeen |= isWord;
        return isWord
            ? word
            : Fail($"unexpected character in duration expression: {QuoteRuneAt(_position)}");
    }

    private Token ColonInDuration()
    {
        if (_durationSeen && !_colonSeen)
        {
            _colonSeen = true;
            return Emit(TokenKind.Colon, 1);
        }

        // The error is reported behind the colon, as Prometheus does.
        _start = ++_position;
        return Fail(_colonSeen
            ? "unexpected repeated colon in duration expression"
            : "unexpected colon before duration in duration expression");
    }

    private Token NextWordInBrackets(int first)
    {
        if (first == ':')
        {
            if (_colonSeen)
            {
                return Fail("unexpected colon ':'");
            }

            _colonSeen = true;
            return Emit(TokenKind.Colon, 1);
        }

        return TryDurationWord(out Token word)
            ? word
            : Fail($"unexpected character: {QuoteRuneAt(_position)}, expected ':'");
    }

    private bool TryDurationWord(out Token token)
    {
        int end = _position;
        while (end < _input.Length && CharacterClass.IsAlpha(_input[end]))
        {
            end++;
        }

        bool isWord = Keywords.TryGet(_input.AsSpan(_position, end - _position), out TokenKind kind)
            && kind is TokenKind.Step or TokenKind.Range or TokenKind.MinOf or TokenKind.MaxOf;
        token = isWord ? Emit(kind, end - _position) : default;
        return isWord;
    }

    private Token NextInBraces()
    {
        int first = Current;
        int second = Peek(1);
        switch (first)
        {
            case -1:
                return Fail("unexpected end of input inside braces");
            case ',':
                return Emit(TokenKind.Comma, 1);
            case '"' or '\'' or '`':
                return NextString((byte)first);
            case '=':
                return second == '~' ? Emit(TokenKind.EqualRegex, 2) : Emit(TokenKind.Equal, 1);
            case '!' when second == '~':
                return Emit(TokenKind.NotEqualRegex, 2);
            case '!' when second == '=':
                return Emit(TokenKind.NotEqual, 2);
            case '!':
                return Fail($"unexpected character after '!' inside braces: {QuoteRuneAt(_position + 1)}");
            case '{':
                return Fail("unexpected left brace '{'");
            case '}':
                _braceOpen = false;
                return Emit(TokenKind.RightBrace, 1);
            default:
                break;
        }

        if (!CharacterClass.IsAlpha(first))
        {
            return Fail($"unexpected character inside braces: {QuoteRuneAt(_position)}");
        }

        int end = _position + 1;
        while (end < _input.Length && CharacterClass.IsAlphaNumeric(_input[end]))
        {
            end++;
        }

        return Emit(TokenKind.Identifier, end - _position);
    }

    private Token NextWord()
    {
        int end = _position;
        bool hasColon = false;
        while (end < _input.Length && (CharacterClass.IsAlphaNumeric(_input[end]) || _input[end] == ':'))
        {
            hasColon |= _input[end] == ':';
            end++;
        }

        TokenKind kind = hasColon ? TokenKind.MetricIdentifier : TokenKind.Identifier;
        if (Keywords.TryGet(_input.AsSpan(_position, end - _position), out TokenKind keyword))
        {
            // fill is also a likely metric name: a keyword only where its value follows.
            bool isFill = keyword is TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight;
            kind = isFill && !IsFollowedByParen(end) ? kind : keyword;
        }

        return Emit(kind, end - _position);
    }

    private bool IsFollowedByParen(int position)
    {
        while (position < _input.Length && CharacterClass.IsSpace(_input[position]))
        {
            position++;
        }

        return position < _input.Length && _input[position] == '(';
    }

    private Token NextNumber()
    {
        NumberScanner scanner = new(_input, _position);
        if (scanner.ScanNumber(inSeries: false))
        {
            return Emit(TokenKind.Number, scanner.Position - _position);
        }

        if (scanner.ScanDurationUnits())
        {
            return Emit(TokenKind.Duration, scanner.Position - _position);
        }

        ReadOnlySpan<byte> read = _input.AsSpan(_start, scanner.Position - _start);
        return Fail($"bad number or duration syntax: {GoQuote.Quote(read)}");
    }

    private Token NextString(byte quote)
    {
        int position = _position + 1;
        while (true)
        {
            if (position >= _input.Length || (_input[position] == '\n' && quote != '`'))
            {
                return Fail(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
            }

            byte next = _input[position];
            if (next == quote)
            {
                return Emit(TokenKind.String, position + 1 - _position);
            }

            if (next == '\\' && quote != '`')
            {
                if (StringLiterals.CheckEscape(_input, ref position, quote) is { } error)
                {
                    return Fail(error);
                }
            }
            else if (next < 0x80)
            {
                position++;
            }
            else
            {
                Rune.DecodeFromUtf8(_input.AsSpan(position), out Rune rune, out int length);
                if (rune == Rune.ReplacementChar)
                {
                    return Fail("invalid UTF-8 rune");
                }

                position += length;
            }
        }
    }

    private int Peek(int ahead) => _position + ahead < _input.Length ? _input[_position + ahead] : -1;

    private string QuoteRuneAt(int position)
    {
        Rune.DecodeFromUtf8(_input.AsSpan(Math.Min(position, _input.Length)), out Rune rune, out _);
        return GoQuote.Quote(rune);
    }

    private Token Emit(TokenKind kind, int length)
    {
        _position = _start + length;
        return new Token(kind, _start, _position);
    }

    private Token Fail(string message)
    {
        ErrorMessage = message;
        _finished = true;
        return new Token(TokenKind.Error, _start, _input.Length);
    }
}
