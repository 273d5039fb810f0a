using System.Globalization;

namespace AmpEdge.PromQL;

/// <summary>
/// Recursive descent over a query. Every function returns null after a syntax error, up to the nearest construct that
/// reports it (<see cref="TokenReader"/>).
/// </summary>
internal sealed class QueryParser
{
    private readonly TokenReader _tokens;
    private readonly ParserOptions _options;
    private readonly SelectorParser _selectors;
    private readonly GroupingParser _grouping;
    private readonly BinaryModifierParser _binaryModifiers;
    private readonly SuffixParser _suffixes;

    // How many calls of ParseExpr are open, and the height of the tree that was returned last.
    private int _depth;
    private int _height;

    public QueryParser(TokenReader tokens, ParserOptions options)
    {
        _tokens = tokens;
        _options = options;
        _selectors = new SelectorParser(tokens);
        _grouping = new GroupingParser(tokens);
        _binaryModifiers = new BinaryModifierParser(tokens, _grouping);
        _suffixes = new SuffixParser(tokens, options);
    }

    /// <summary>Where the tree became too high to be walked by recursion; null for most.</summary>
    public PositionRange? TooDeepAt { get; private set; }

    public static string TooDeep(ParserOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"the expression nests more than {options.MaxDepth} levels deep; split it, for example with recording rules");

    /// <summary>The whole input as one expression.</summary>
    public Expr? ParseQuery()
    {
        if (_tokens.Is(TokenKind.EndOfInput))
        {
            _tokens.AddError(default, "no expression found in input");
            return null;
        }

        Expr? expr = ParseExprBefore(TokenKind.EndOfInput, TokenKind.Error);
        if (expr is null)
        {
            _tokens.Recover("", "");
        }

        return expr;
    }

    /// <summary>The whole input as one vector selector.</summary>
    public VectorSelector? ParseSelectorOnly()
    {
        VectorSelector? selector = _selectors.Parse();
        while (selector is not null && _tokens.Current.Kind is not (TokenKind.EndOfInput or TokenKind.Error))
        {
            if (!_tokens.Skip())
            {
                selector = null;
            }
        }

        if (selector is null)
        {
            _tokens.Recover("", "");
        }

        return selector;
    }

    // An expression that must be followed by one of two words.
    private Expr? ParseExprBefore(TokenKind first, TokenKind second)
    {
        Expr? expr = ParseExpr(1);
        while (expr is not null && !_tokens.Is(first) && !_tokens.Is(second))
        {
            expr = _tokens.Skip() ? ContinueExpr(expr, 1) : null;
        }

        return expr;
    }

    private Expr? ParseExpr(int minPrecedence)
    {
        if (++_depth > _options.MaxDepth)
        {
            _tokens.Abort(_tokens.Current.Position, TooDeep(_options));
            return null;
        }

        _height = 0;
        Expr? left = ParseOperand();
        left = left is null ? null : ContinueExpr(left, minPrecedence);
        _depth--;
        return left;
    }

    // What may follow an expression: modifiers, which bind strongest, and operators of at least the given precedence.
    private Expr? ContinueExpr(Expr left, int minPrecedence)
    {
        Expr? expr = left;
        while (expr is not null)
        {
            TokenKind kind = _tokens.Current.Kind;
            int precedence = kind.Precedence();
            if (precedence >= minPrecedence && precedence > 0)
            {
                expr = ParseBinary(expr, precedence);
                continue;
            }

            if (!SuffixParser.CanStart(kind))
            {
                return expr;
            }

            // Only a range makes the tree higher: the other suffixes change the node that they follow.
            if (kind == TokenKind.LeftBracket)
            {
                Grow(_height);
            }

            expr = _suffixes.Parse(expr);
        }

        return null;
    }

    private BinaryExpr? ParseBinary(Expr left, int precedence)
    {
        int leftHeight = _height;
        Token op = _tokens.Take();
        if (_binaryModifiers.Parse() is not { } modifiers)
        {
            return null;
        }

        bool rightAssociative = op.Kind == TokenKind.Power;
        Expr? right = ParseExpr(rightAssociative ? precedence : precedence + 1);
        if (right is null)
        {
            return null;
        }

        Grow(leftHeight);
        VectorMatching matching = modifiers.Matching;
        BinaryExpr binary = new()
        {
            Operator = op.Kind.ToBinaryOperator(),
            Left = left,
            Right = right,
            ReturnBool = modifiers.ReturnBool,
            Matching = matching,
            PositionInQuery = new PositionRange(left.Position.Start, right.Position.End),
        };
        if (!_options.FillModifiers && (matching.FillLeft is not null || matching.FillRight is not null))
        {
            _tokens.AddError(binary.Position, "binop fill modifiers are experimental and not enabled");
        }

        return binary;
    }

    private Expr? ParseOperand()
    {
        while (true)
        {
            TokenKind kind = _tokens.Current.Kind;
            switch (kind)
            {
                case TokenKind.Number or TokenKind.Duration:
                    return DurationParser.ReadLiteral(_tokens);
                case TokenKind.String:
                    Token literal = _tokens.Take();
                    return new StringLiteral(StringLiterals.Unquote(_tokens.TextOf(literal)), literal.Position);
                case TokenKind.LeftParen:
                    return ParseParen();
                case TokenKind.Add or TokenKind.Subtract:
                    return ParseUnary();
                case TokenKind.LeftBrace:
                    return _selectors.Parse();
                case var word when word.IsMetricName():
                    return ParseWord();
                default:
                    break;
            }

            if (!_tokens.Skip())
            {
                return null;
            }
        }
    }

    private Expr? ParseUnary()
    {
        Token sign = _tokens.Take();
        bool negative = sign.Kind == TokenKind.Subtract;
        Expr? operand = ParseExpr(TokenKindFacts.PowerPrecedence);
        if (operand is null)
        {
            return null;
        }

        Grow(_height);
        return operand is NumberLiteral literal
            ? new NumberLiteral(
                negative ? -literal.Value : literal.Value,
                literal.Position with { Start = sign.Start },
                literal.IsDuration)
            : new UnaryExpr(negative, operand, sign.Start);
    }

    private ParenExpr? ParseParen()
    {
        Token open = _tokens.Take();
        Expr? inner = ParseExprBefore(TokenKind.RightParen, TokenKind.RightParen);
        if (inner is null)
        {
            return null;
        }

        Grow(_height);
        Token close = _tokens.Take();
        return new ParenExpr(inner, new PositionRange(open.Start, close.End));
    }

    // A word can begin an aggregation, a call or a selector; the word behind it tells which.
    private Expr? ParseWord()
    {
        Token word = _tokens.Take();
        TokenKind next = _tokens.Current.Kind;
        if (word.Kind.IsAggregator() && next is TokenKind.By or TokenKind.Without or TokenKind.LeftParen)
        {
            return ParseAggregate(word);
        }

        return word.Kind.IsFunctionName() && next == TokenKind.LeftParen
            ? ParseCall(word)
            : _selectors.ParseAfterName(word);
    }

    private AggregateExpr? ParseAggregate(Token op)
    {
        if (TryParseAggregateParts(out IReadOnlyList<string>? grouping, out bool without, out List<Expr>? arguments))
        {
            return BuildAggregate(op, grouping ?? [], without, arguments, _tokens.ClosingBefore);
        }

        return _tokens.Recover("aggregation", "")
            ? BuildAggregate(op, [], without: false, [], _tokens.ClosingSeen)
            : null;
    }

    // The labels may stand before or behind the arguments.
    private bool TryParseAggregateParts(
        out IReadOnlyList<string>? grouping, out bool without, out List<Expr> arguments)
    {
        arguments = [];
        if (!TryParseGrouping(out grouping, out without) || ParseArguments() is not { } parsed)
        {
            return false;
        }

        arguments = parsed;
        return grouping is not null || TryParseGrouping(out grouping, out without);
    }

    private bool TryParseGrouping(out IReadOnlyList<string>? grouping, out bool without)
    {
        grouping = null;
        without = _tokens.Is(TokenKind.Without);
        if (!without && !_tokens.Is(TokenKind.By))
        {
            return true;
        }

        _tokens.Take();
        grouping = _grouping.Parse();
        return grouping is not null;
    }

    private AggregateExpr BuildAggregate(
        Token op, IReadOnlyList<string> grouping, bool without, List<Expr> arguments, int end)
    {
        AggregateOperator aggregate = op.Kind.ToAggregateOperator();
        PositionRange position = new(op.Start, end);
        int expected = aggregate.HasParameter() ? 2 : 1;
        if (arguments.Count == 0)
        {
            _tokens.AddError(position, "no arguments for aggregate expression provided");
        }
        else if (aggregate.IsExperimental() && !_options.ExperimentalFunctions)
        {
            _tokens.AddError(
                position,
                $"{aggregate.Symbol()}() is experimental and must be enabled with "
                + "--enable-feature=promql-experimental-functions");
        }
        else if (arguments.Count != expected)
        {
            _tokens.AddError(position, string.Create(
                CultureInfo.InvariantCulture,
                $"wrong number of arguments for aggregate expression provided, expected {expected}, "
                + $"got {arguments.Count}"));
        }

        return new AggregateExpr
        {
            Operator = aggregate,
            Inner = arguments.Count > 0 ? arguments[^1] : new NumberLiteral(0, position),
            Parameter = expected == 2 && arguments.Count > 0 ? arguments[0] : null,
            Grouping = grouping,
            Without = without,
            PositionInQuery = position,
        };
    }

    private Call? ParseCall(Token word)
    {
        if (ParseArguments() is not { } arguments)
        {
            return null;
        }

        string name = _tokens.StringOf(word);
        if (!FunctionSignatures.TryGet(name, out FunctionSignature? function))
        {
            _tokens.AddError(word.Position, $"unknown function with name {GoQuote.Quote(name)}");
            function = new FunctionSignature(name, ExprType.None, [], 0, IsExperimental: false);
        }
        else if (function.IsExperimental && !_options.ExperimentalFunctions)
        {
            _tokens.AddError(word.Position, $"function {GoQuote.Quote(name)} is not enabled");
        }

        return new Call(function, arguments, new PositionRange(word.Start, _tokens.ClosingBefore));
    }

    private List<Expr>? ParseArguments()
    {
        if (!_tokens.Expect(TokenKind.LeftParen, out _))
        {
            return null;
        }

        List<Expr> arguments = [];
        int height = 0;
        bool more = !_tokens.Is(TokenKind.RightParen);
        while (more)
        {
            if (ParseExprBefore(TokenKind.Comma, TokenKind.RightParen) is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
            height = Math.Max(height, _height);
            if (!TakeCommas(out more))
            {
                return null;
            }
        }

        _tokens.Take();
        _height = height;
        Grow(height);
        return arguments;
    }

    // After an argument: true when the list goes on or has ended, false on a syntax error.
    private bool TakeCommas(out bool more)
    {
        more = false;
        while (!_tokens.Is(TokenKind.RightParen))
        {
            if (!_tokens.Is(TokenKind.Comma))
            {
                if (_tokens.Skip())
                {
                    continue;
                }

                return false;
            }

            Token comma = _tokens.Take();
            if (CanStartExpr(_tokens.Current.Kind))
            {
                more = true;
                return true;
            }

            _tokens.AddError(comma.Position, "trailing commas not allowed in function call args");
        }

        return true;
    }

    private static bool CanStartExpr(TokenKind kind) => kind.IsMetricName() || kind
        is TokenKind.Number or TokenKind.Duration or TokenKind.String or TokenKind.LeftParen or TokenKind.LeftBrace
        or TokenKind.Add or TokenKind.Subtract;

    // The tree gets one level higher. Chains of operators make it high without nesting.
    private void Grow(int otherHeight)
    {
        _height = Math.Max(_height, otherHeight) + 1;
        if (_height > _options.MaxDepth)
        {
            TooDeepAt ??= _tokens.Current.Position;
        }
    }
}
