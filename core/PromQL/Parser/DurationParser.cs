namespace AmpEdge.PromQL;

/// <summary>
/// Reads durations, and calculations in their place. The result is a <see cref="NumberLiteral"/> in seconds or a
/// <see cref="DurationExpr"/>; null after a syntax error, which the caller reports.
/// </summary>
internal sealed class DurationParser(TokenReader tokens, ParserOptions options)
{
    private const double MaxSeconds = (double)(1UL << 63) / 1e9;

    private static readonly NumberLiteral s_zero = new(0, default);

    // How many calls of Parse are open, and how many operations this duration has: either makes the tree higher.
    private int _depth;
    private int _operations;

    public static bool CanStart(TokenKind kind) => kind
        is TokenKind.Number or TokenKind.Duration or TokenKind.Add or TokenKind.Subtract or TokenKind.LeftParen
        or TokenKind.Step or TokenKind.Range or TokenKind.MinOf or TokenKind.MaxOf;

    /// <summary>A range or a step: a plain number must be positive.</summary>
    public Expr? ParsePositive()
    {
        Expr? duration = Parse(1);
        if (duration is NumberLiteral { Value: not > 0 } literal)
        {
            tokens.AddError(literal.Position, "duration must be greater than 0");
            return s_zero;
        }

        return duration;
    }

    /// <summary>
    /// What stands behind <c>offset</c>: one value, so that <c>foo offset -1^2</c> is <c>(foo offset -1)^2</c>; only
    /// parentheses without a sign may go on as a calculation.
    /// </summary>
    public Expr? ParseOffset()
    {
        if (tokens.Is(TokenKind.LeftParen))
        {
            return Parse(1);
        }

        if (tokens.Current.Kind is not (TokenKind.Add or TokenKind.Subtract))
        {
            return ParseOperand();
        }

        Token sign = tokens.Take();
        Expr? operand = tokens.Current.Kind is TokenKind.Add or TokenKind.Subtract
            ? Parse(TokenKindFacts.PowerPrecedence)
            : ParseOperand();
        return operand is null ? null : ApplySign(sign, operand);
    }

    /// <summary>A plain number or duration, without any check of its size.</summary>
    public static NumberLiteral ReadLiteral(TokenReader tokens)
    {
        Token word = tokens.Take();
        bool isDuration = word.Kind == TokenKind.Duration;
        ReadOnlySpan<byte> text = tokens.TextOf(word);
        bool ok = isDuration
            ? NumberLiterals.TryReadDuration(text, out double value, out string? error)
            : NumberLiterals.TryReadNumber(text, out value, out error);
        if (!ok && error is not null)
        {
            tokens.AddError(word.Position, error);
        }

        return new NumberLiteral(value, word.Position, isDuration);
    }

    /// <summary>Rounded to nanoseconds first, as Prometheus keeps them, then cut.</summary>
    public static long ToMilliseconds(double seconds) =>
        (long)Math.Round(seconds * 1e9, MidpointRounding.AwayFromZero) / 1_000_000;

    private Expr? Parse(int minPrecedence)
    {
        if (_depth++ == 0)
        {
            _operations = 0;
        }

        if (!IsShallow(_depth))
        {
            return null;
        }

        Expr? left = ParseSigned();
        while (left is not null)
        {
            TokenKind kind = tokens.Current.Kind;
            int precedence = kind.Precedence();
            bool isArithmetic = kind is >= TokenKind.Add and <= TokenKind.Power;
            if (!isArithmetic || precedence < minPrecedence)
            {
                break;
            }

            left = ParseOperation(left, precedence);
        }

        _depth--;
        return left;
    }

    private Expr? ParseOperation(Expr left, int precedence)
    {
        if (!IsShallow(++_operations))
        {
            return null;
        }

        Token op = tokens.Take();
        bool isPower = op.Kind == TokenKind.Power;
        Expr? right = Parse(isPower ? precedence : precedence + 1);
        if (right is null)
        {
            return null;
        }

        RequireEnabled(left.Position);
        bool divides = op.Kind is TokenKind.Divide or TokenKind.Modulo;
        if (divides && right is NumberLiteral { Value: 0 })
        {
            tokens.AddError(op.Position, op.Kind == TokenKind.Divide ? "division by zero" : "modulo by zero");
            return s_zero;
        }

        return new DurationExpr
        {
            Operator = op.Kind.ToDurationOperator(),
            Left = left,
            Right = right,
            PositionInQuery = new PositionRange(left.Position.Start, right.Position.End),
        };
    }

    private Expr? ParseSigned()
    {
        while (!CanStart(tokens.Current.Kind))
        {
            if (!tokens.Skip())
            {
                return null;
            }
        }

        if (tokens.Current.Kind is not (TokenKind.Add or TokenKind.Subtract))
        {
            return ParseOperand();
        }

        Token sign = tokens.Take();
        Expr? operand = Parse(TokenKindFacts.PowerPrecedence);
        return operand is null ? null : ApplySign(sign, operand);
    }

    private Expr? ParseOperand()
    {
        switch (tokens.Current.Kind)
        {
            case TokenKind.Number or TokenKind.Duration:
                NumberLiteral literal = ReadLiteral(tokens);
                return InRange(literal, literal.Position);
            case TokenKind.Step or TokenKind.Range:
                return ParseQueryTime();
            case TokenKind.MinOf or TokenKind.MaxOf:
                return ParseMinMax();
            case TokenKind.LeftParen:
                return ParseParen();
            default:
                return null;
        }
    }

    private DurationExpr? ParseQueryTime()
    {
        Token word = tokens.Take();
        if (!tokens.Expect(TokenKind.LeftParen, out _) || !tokens.Expect(TokenKind.RightParen, out Token end))
        {
            return null;
        }

        RequireEnabled(word.Position);
        return new DurationExpr
        {
            Operator = word.Kind.ToDurationOperator(),
            PositionInQuery = new PositionRange(word.Start, end.End),
        };
    }

    private DurationExpr? ParseMinMax()
    {
        Token word = tokens.Take();
        if (!tokens.Expect(TokenKind.LeftParen, out _) || Parse(1) is not { } left
            || !tokens.Expect(TokenKind.Comma, out _) || Parse(1) is not { } right
            || !tokens.Expect(TokenKind.RightParen, out Token end))
        {
            return null;
        }

        RequireEnabled(word.Position);
        return new DurationExpr
        {
            Operator = word.Kind.ToDurationOperator(),
            Left = left,
            Right = right,
            PositionInQuery = new PositionRange(word.Start, end.End),
        };
    }

    private DurationExpr? ParseParen()
    {
        tokens.Take();
        Expr? inner = Parse(1);
        if (inner is null || !tokens.Expect(TokenKind.RightParen, out _))
        {
            return null;
        }

        RequireEnabled(inner.Position);
        return inner is DurationExpr { Wrapped: false } duration
            ? new DurationExpr
            {
                Operator = duration.Operator,
                Left = duration.Left,
                Right = duration.Right,
                Wrapped = true,
                PositionInQuery = duration.Position,
            }
            : inner as DurationExpr ?? new DurationExpr
            {
                Operator = DurationOperator.None,
                Right = inner,
                Wrapped = true,
                PositionInQuery = inner.Position,
            };
    }

    private Expr ApplySign(Token sign, Expr operand)
    {
        bool negative = sign.Kind == TokenKind.Subtract;
        if (operand is NumberLiteral literal)
        {
            PositionRange position = literal.Position with { Start = sign.Start };
            double value = negative ? -literal.Value : literal.Value;
            return InRange(new NumberLiteral(value, position, literal.IsDuration), sign.Position);
        }

        return negative
            ? new DurationExpr
            {
                Operator = DurationOperator.Subtract,
                Right = operand,
                PositionInQuery = new PositionRange(sign.Start, operand.Position.End),
            }
            : operand;
    }

    private NumberLiteral InRange(NumberLiteral literal, PositionRange blamed)
    {
        if (literal.Value is <= MaxSeconds and >= -MaxSeconds || double.IsNaN(literal.Value))
        {
            return literal;
        }

        tokens.AddError(blamed, "duration out of range");
        return s_zero;
    }

    private bool IsShallow(int levels)
    {
        if (levels <= options.MaxDepth)
        {
            return true;
        }

        tokens.Abort(tokens.Current.Position, QueryParser.TooDeep(options));
        return false;
    }

    private void RequireEnabled(PositionRange blamed)
    {
        if (!options.DurationExpressions)
        {
            tokens.AddError(blamed, "experimental duration expression is not enabled");
        }
    }
}
