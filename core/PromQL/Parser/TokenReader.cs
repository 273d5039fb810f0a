using System.Text;

namespace AmpEdge.PromQL;

/// <summary>
/// The words of a query with one word of lookahead, the errors found so far, and how to go on after one.
/// </summary>
/// <remarks>
/// Prometheus parses with a table-driven parser that recovers: after an error it drops what it has read back to the
/// nearest construct that knows how to report it, then drops words until one fits. Which errors are reported, and
/// where, follows from that; so the same rules stand here. A function of the parser that fails returns null up to the
/// nearest caller that calls <see cref="Recover"/>.
/// </remarks>
internal sealed class TokenReader
{
    private const int WordsUntilRecovered = 3;
    private const int LongestShownText = 10;

    private readonly byte[] _input;
    private readonly Lexer _lexer;
    private readonly List<ParseError> _errors = [];
    private int _recovering;

    public TokenReader(byte[] input)
    {
        _input = input;
        _lexer = new Lexer(input);
        ReadNext();
    }

    public Token Current { get; private set; }

    public IReadOnlyList<ParseError> Errors => _errors;

    /// <summary>No further error may be reported: the input has ended while recovering.</summary>
    public bool Aborted { get; private set; }

    /// <summary>Where the last closing bracket, number or duration before <see cref="Current"/> ends.</summary>
    public int ClosingBefore { get; private set; }

    /// <summary>The same, with <see cref="Current"/> taken into account.</summary>
    public int ClosingSeen { get; private set; }

    public ReadOnlySpan<byte> Input => _input;

    public ReadOnlySpan<byte> TextOf(Token token) => _input.AsSpan(token.Start, token.End - token.Start);

    public string StringOf(Token token) => Encoding.UTF8.GetString(TextOf(token));

    public bool Is(TokenKind kind) => Current.Kind == kind;

    /// <summary>Takes the current word.</summary>
    public Token Take()
    {
        Token taken = Current;
        if (_recovering > 0)
        {
            _recovering--;
        }

        ReadNext();
        return taken;
    }

    /// <summary>Takes the current word if it is of that kind, skipping others while recovering; else false.</summary>
    public bool Expect(TokenKind kind, out Token taken)
    {
        while (Current.Kind != kind)
        {
            if (!Skip())
            {
                taken = default;
                return false;
            }
        }

        taken = Take();
        return true;
    }

    /// <summary>
    /// Called where the current word does not fit. True when it was dropped, because nothing has fitted since the last
    /// error; false when this is an error of its own.
    /// </summary>
    public bool Skip()
    {
        if (_recovering < WordsUntilRecovered || Aborted)
        {
            return false;
        }

        if (Current.Kind is TokenKind.Error or TokenKind.EndOfInput)
        {
            Aborted = true;
            return false;
        }

        ReadNext();
        return true;
    }

    /// <summary>Reports the current word as unexpected and goes on from here; false when parsing has ended.</summary>
    public bool Recover(string context, string expected)
    {
        if (Aborted)
        {
            return false;
        }

        ReportUnexpected(context, expected);
        _recovering = WordsUntilRecovered;
        return true;
    }

    /// <summary>Ends parsing with an error that nothing can follow.</summary>
    public void Abort(PositionRange position, string message)
    {
        if (!Aborted)
        {
            AddError(position, message);
            Aborted = true;
        }
    }

    public void AddError(PositionRange position, string message) => _errors.Add(ErrorAt(_input, position, message));

    /// <summary>An error with its line and column.</summary>
    public static ParseError ErrorAt(byte[] input, PositionRange position, string message)
    {
        if (input.Length == 0)
        {
            return new ParseError(position, 0, 0, message);
        }

        ReadOnlySpan<byte> before = input.AsSpan(0, Math.Min(position.Start, input.Length));
        int line = System.MemoryExtensions.Count(before, (byte)'\n') + 1;
        return new ParseError(position, line, position.Start - before.LastIndexOf((byte)'\n'), message);
    }

    /// <summary>The text that complains about a word.</summary>
    public static string Unexpected(Token token, byte[] input, string context, string expected)
    {
        string text = Encoding.UTF8.GetString(input.AsSpan(token.Start, token.End - token.Start));
        string message = "unexpected " + Describe(token.Kind, text);
        message += context.Length > 0 ? " in " + context : "";
        return message + (expected.Length > 0 ? ", expected " + expected : "");
    }

    private void ReadNext()
    {
        ClosingBefore = ClosingSeen;
        Current = _lexer.Next();
        switch (Current.Kind)
        {
            case TokenKind.Error:
                AddError(Current.Position, _lexer.ErrorMessage);
                break;
            case TokenKind.RightBrace or TokenKind.RightParen or TokenKind.RightBracket or TokenKind.Duration
                or TokenKind.Number:
                ClosingSeen = Current.End;
                break;
            default:
                break;
        }
    }

    private void ReportUnexpected(string context, string expected)
    {
        // The lexer's own error has been reported when it was read.
        if (Current.Kind != TokenKind.Error)
        {
            AddError(Current.Position, Unexpected(Current, _input, context, expected));
        }
    }

    private static string Describe(TokenKind kind, string text) => kind switch
    {
        TokenKind.EndOfInput => "end of input",
        TokenKind.Identifier => "identifier " + GoQuote.Quote(text),
        TokenKind.MetricIdentifier => "metric identifier " + GoQuote.Quote(text),
        TokenKind.String => "string " + QuoteShort(text),
        TokenKind.Number => "number " + QuoteShort(text),
        TokenKind.Duration => "duration " + QuoteShort(text),
        _ when kind.IsKeyword() => $"<{text}>",
        _ when kind.IsOperator() => $"<op:{text}>",
        _ when kind.IsAggregator() => $"<aggr:{text}>",
        _ => QuoteShort(text),
    };

    private static string QuoteShort(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= LongestShownText)
        {
            return GoQuote.Quote(text);
        }

        StringBuilder start = new();
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (count++ == LongestShownText)
            {
                break;
            }

            start.Append(rune.ToString());
        }

        return GoQuote.Quote(start.ToString()) + "...";
    }
}
