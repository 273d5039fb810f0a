namespace AmpEdge.PromQL;

/// <summary>
/// Reads what follows a selector or another expression: ranges, subqueries, offset, @, anchored, smoothed.
/// </summary>
internal sealed class SuffixParser(TokenReader tokens, ParserOptions options)
{
    private const string RangeWords = "number, duration, step(), or range()";

    private readonly DurationParser _durations = new(tokens, options);
    private readonly SelectorModifiers _modifiers = new(tokens, options);

    public static bool CanStart(TokenKind kind) => kind
        is TokenKind.LeftBracket or TokenKind.Offset or TokenKind.At or TokenKind.Anchored or TokenKind.Smoothed;

    /// <summary>
    /// The target with the suffix at the current word; null after a syntax error that the caller must report.
    /// </summary>
    public Expr? Parse(Expr target)
    {
        switch (tokens.Current.Kind)
        {
            case TokenKind.LeftBracket:
                return ParseRange(target);
            case TokenKind.Offset:
                return ParseOffset(target);
            case TokenKind.At:
                return ParseAt(target);
            default:
                _modifiers.SetExtension(target, anchored: tokens.Take().Kind == TokenKind.Anchored);
                return target;
        }
    }

    private Expr? ParseOffset(Expr target)
    {
        tokens.Take();
        switch (_durations.ParseOffset())
        {
            case NumberLiteral literal:
                _modifiers.SetOffset(target, DurationParser.ToMilliseconds(literal.Value), offsetExpr: null);
                return target;
            case DurationExpr duration:
                _modifiers.SetOffset(target, 0, duration);
                return target;
            default:
                return tokens.Recover("offset", RangeWords) ? target : null;
        }
    }

    private Expr? ParseAt(Expr target)
    {
        tokens.Take();
        TokenKind kind = tokens.Current.Kind;
        if (kind is TokenKind.Start or TokenKind.End)
        {
            tokens.Take();
            if (tokens.Expect(TokenKind.LeftParen, out _) && tokens.Expect(TokenKind.RightParen, out _))
            {
                _modifiers.SetAnchor(target, kind == TokenKind.Start ? TimeAnchor.Start : TimeAnchor.End);
                return target;
            }

            return tokens.Recover("@", "timestamp") ? target : null;
        }

        if (kind is TokenKind.Add or TokenKind.Subtract)
        {
            tokens.Take();
        }

        if (tokens.Current.Kind is not (TokenKind.Number or TokenKind.Duration))
        {
            return tokens.Recover("@", "timestamp") ? target : null;
        }

        double seconds = DurationParser.ReadLiteral(tokens).Value;
        _modifiers.SetTimestamp(target, kind == TokenKind.Subtract ? -seconds : seconds);
        return target;
    }

    private Expr? ParseRange(Expr target)
    {
        Token open = tokens.Take();
        if (_durations.ParsePositive() is not { } range)
        {
            return tokens.Recover("subquery or range selector", RangeWords) ? target : null;
        }

        while (true)
        {
            switch (tokens.Current.Kind)
            {
                case TokenKind.RightBracket:
                    return BuildMatrix(target, range, open, tokens.Take());
                case TokenKind.Colon:
                    return ParseSubquery(target, range);
                default:
                    break;
            }

            if (!tokens.Skip())
            {
                return tokens.Recover("subquery or range", "\":\" or \"]\"") ? target : null;
            }
        }
    }

    private Expr BuildMatrix(Expr target, Expr range, Token open, Token close)
    {
        string? error = target switch
        {
            not VectorSelector => "ranges only allowed for vector selectors",
            VectorSelector { Time.OffsetMs: not 0 } or VectorSelector { Time.OffsetExpr: not null } =>
                "no offset modifiers allowed before range",
            VectorSelector { Time.IsPinned: true } => "no @ modifiers allowed before range",
            _ => null,
        };
        if (error is not null)
        {
            tokens.AddError(new PositionRange(open.Start, close.End), error);
        }

        if (target is not VectorSelector selector)
        {
            return new BrokenRange(new PositionRange(target.Position.Start, close.End));
        }

        return new MatrixSelector
        {
            Selector = selector,
            RangeMs = MillisecondsOf(range),
            RangeExpr = range as DurationExpr,
            EndPosition = close.End,
        };
    }

    private Expr? ParseSubquery(Expr target, Expr range)
    {
        tokens.Take();
        Expr? step = null;
        if (!tokens.Is(TokenKind.RightBracket))
        {
            step = _durations.ParsePositive();
            if (step is null)
            {
                return tokens.Recover("subquery selector", "number, duration, step(), range(), or \"]\"")
                    ? target
                    : null;
            }
        }

        if (!tokens.Expect(TokenKind.RightBracket, out Token close))
        {
            return tokens.Recover("subquery selector", "\"]\"") ? target : null;
        }

        return new SubqueryExpr
        {
            Inner = target,
            RangeMs = MillisecondsOf(range),
            RangeExpr = range as DurationExpr,
            StepMs = step is null ? 0 : MillisecondsOf(step),
            StepExpr = step as DurationExpr,
            StartPosition = target.Position.Start,
            EndPosition = close.End,
        };
    }

    private static long MillisecondsOf(Expr duration) =>
        duration is NumberLiteral literal ? DurationParser.ToMilliseconds(literal.Value) : 0;
}
