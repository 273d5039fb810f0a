namespace AmpEdge.PromQL;

/// <summary>
/// Reads <c>bool</c>, <c>on</c>, <c>ignoring</c>, <c>group_left</c>, <c>group_right</c> and <c>fill</c>.
/// </summary>
internal sealed class BinaryModifierParser(TokenReader tokens, GroupingParser grouping)
{
    /// <summary>The modifiers at the current word; null after a syntax error that the caller must report.</summary>
    public BinaryModifiers? Parse()
    {
        bool returnBool = tokens.Is(TokenKind.Bool);
        if (returnBool)
        {
            tokens.Take();
        }

        VectorMatching? matching = ParseMatching();
        return matching is not null && ParseFill(matching) is { } filled
            ? new BinaryModifiers(returnBool, filled)
            : null;
    }

    private VectorMatching? ParseMatching()
    {
        if (tokens.Current.Kind is not (TokenKind.On or TokenKind.Ignoring))
        {
            return VectorMatching.OneToOne;
        }

        bool on = tokens.Take().Kind == TokenKind.On;
        if (grouping.Parse() is not { } labels)
        {
            return null;
        }

        VectorMatching matching = new() { On = on, Labels = labels };
        if (tokens.Current.Kind is not (TokenKind.GroupLeft or TokenKind.GroupRight))
        {
            return matching;
        }

        bool left = tokens.Take().Kind == TokenKind.GroupLeft;
        IReadOnlyList<string>? include = tokens.Is(TokenKind.LeftParen) ? grouping.Parse() : [];
        return include is null
            ? null
            : matching with
            {
                Cardinality = left ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany,
                Include = include,
            };
    }

    private VectorMatching? ParseFill(VectorMatching matching)
    {
        TokenKind first = tokens.Current.Kind;
        if (first is not (TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight))
        {
            return matching;
        }

        VectorMatching? filled = ParseOneFill(matching);
        bool otherSide = (first == TokenKind.FillLeft && tokens.Is(TokenKind.FillRight))
            || (first == TokenKind.FillRight && tokens.Is(TokenKind.FillLeft));
        return filled is not null && otherSide ? ParseOneFill(filled) : filled;
    }

    private VectorMatching? ParseOneFill(VectorMatching matching)
    {
        TokenKind side = tokens.Take().Kind;
        if (!tokens.Expect(TokenKind.LeftParen, out _))
        {
            return null;
        }

        bool negative = tokens.Is(TokenKind.Subtract);
        if (negative || tokens.Is(TokenKind.Add))
        {
            tokens.Take();
        }

        if (tokens.Current.Kind is not (TokenKind.Number or TokenKind.Duration))
        {
            return null;
        }

        double value = DurationParser.ReadLiteral(tokens).Value;
        value = negative ? -value : value;
        return tokens.Expect(TokenKind.RightParen, out _)
            ? matching with
            {
                FillLeft = side == TokenKind.FillRight ? matching.FillLeft : value,
                FillRight = side == TokenKind.FillLeft ? matching.FillRight : value,
            }
            : null;
    }
}
