using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Reads vector selectors: a name, matchers in braces, or both.</summary>
internal sealed class SelectorParser(TokenReader tokens)
{
    private const string Context = "label matching";

    public static bool CanStart(TokenKind kind) => kind == TokenKind.LeftBrace || kind.IsMetricName();

    /// <summary>The selector at the current word; null after a syntax error that the caller must report.</summary>
    public VectorSelector? Parse()
    {
        while (!CanStart(tokens.Current.Kind))
        {
            if (!tokens.Skip())
            {
                return null;
            }
        }

        if (tokens.Is(TokenKind.LeftBrace))
        {
            return ParseBraces("", tokens.Current.Start);
        }

        Token name = tokens.Take();
        return ParseAfterName(name);
    }

    /// <summary>The rest of a selector whose name has been taken.</summary>
    public VectorSelector? ParseAfterName(Token name)
    {
        string metricName = tokens.StringOf(name);
        return tokens.Is(TokenKind.LeftBrace)
            ? ParseBraces(metricName, name.Start)
            : Build(metricName, [], name.Position);
    }

    private VectorSelector? ParseBraces(string metricName, int start)
    {
        tokens.Take();
        List<Matcher> matchers = [];
        if (tokens.Is(TokenKind.RightBrace))
        {
            return Build(metricName, matchers, new PositionRange(start, tokens.Take().End));
        }

        do
        {
            if (!ParseMatcher(matchers) || !SkipToSeparator())
            {
                return null;
            }
        }
        while (tokens.Take().Kind == TokenKind.Comma && !tokens.Is(TokenKind.RightBrace));

        // A comma may stand before the closing brace.
        if (tokens.Is(TokenKind.RightBrace))
        {
            tokens.Take();
        }

        return Build(metricName, matchers, new PositionRange(start, tokens.ClosingBefore));
    }

    // One matcher, or the report of what stands in its place.
    private bool ParseMatcher(List<Matcher> matchers)
    {
        bool quoted = tokens.Is(TokenKind.String);
        if (!quoted && !tokens.Is(TokenKind.Identifier))
        {
            return tokens.Recover(Context, "identifier or \"}\"");
        }

        Token name = tokens.Take();
        if (!tokens.Current.Kind.IsLabelMatch())
        {
            if (!quoted)
            {
                return tokens.Recover(Context, "label matching operator");
            }

            matchers.Add(new Matcher(MatcherType.Equal, LabelNames.MetricName, Unquote(name)));
            return true;
        }

        Token op = tokens.Take();
        if (!tokens.Is(TokenKind.String))
        {
            return tokens.Recover(Context, "string");
        }

        Token value = tokens.Take();
        string labelName = quoted ? Unquote(name) : tokens.StringOf(name);
        if (Matcher.TryCreate(TypeOf(op.Kind), labelName, Unquote(value), out Matcher? matcher, out string? error))
        {
            matchers.Add(matcher);
        }
        else
        {
            tokens.AddError(new PositionRange(name.Start, value.End), error);
        }

        return true;
    }

    private bool SkipToSeparator()
    {
        while (tokens.Current.Kind is not (TokenKind.Comma or TokenKind.RightBrace))
        {
            if (!tokens.Skip() && !tokens.Recover(Context, "\",\" or \"}\""))
            {
                return false;
            }
        }

        return true;
    }

    private string Unquote(Token literal) => Encoding.UTF8.GetString(StringLiterals.Unquote(tokens.TextOf(literal)));

    private static MatcherType TypeOf(TokenKind kind) => kind switch
    {
        TokenKind.Equal => MatcherType.Equal,
        TokenKind.NotEqual => MatcherType.NotEqual,
        TokenKind.EqualRegex => MatcherType.Regex,
        _ => MatcherType.NotRegex,
    };

    private static VectorSelector Build(string metricName, List<Matcher> matchers, PositionRange position)
    {
        if (metricName.Length > 0)
        {
            matchers.Add(new Matcher(MatcherType.Equal, LabelNames.MetricName, metricName));
        }

        return new VectorSelector { Name = metricName, Matchers = matchers, PositionInQuery = position };
    }
}
