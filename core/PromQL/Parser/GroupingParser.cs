using System.Text;

namespace AmpEdge.PromQL;

/// <summary>
/// Reads the label lists of <c>by</c>, <c>without</c>, <c>on</c>, <c>ignoring</c>, <c>group_left</c> and so on.
/// </summary>
internal sealed class GroupingParser(TokenReader tokens)
{
    private const string Context = "grouping opts";

    /// <summary>The labels in parentheses; null only when parsing has ended.</summary>
    public IReadOnlyList<string>? Parse()
    {
        if (!tokens.Is(TokenKind.LeftParen))
        {
            return tokens.Recover(Context, "\"(\"") ? [] : null;
        }

        tokens.Take();
        List<string> labels = [];
        while (!tokens.Is(TokenKind.RightParen))
        {
            if (!ParseLabel(labels) || !SkipToSeparator())
            {
                return null;
            }

            if (tokens.Is(TokenKind.Comma))
            {
                tokens.Take();
            }
        }

        tokens.Take();
        return labels;
    }

    private bool ParseLabel(List<string> labels)
    {
        bool quoted = tokens.Is(TokenKind.String);
        if (!quoted && !tokens.Current.Kind.IsGroupingLabel())
        {
            return tokens.Recover(Context, "label");
        }

        Token word = tokens.Take();
        string label = quoted
            ? Encoding.UTF8.GetString(StringLiterals.Unquote(tokens.TextOf(word)))
            : tokens.StringOf(word);
        if (label.Length == 0)
        {
            tokens.AddError(word.Position, $"invalid label name for grouping: {GoQuote.Quote(label)}");
        }

        labels.Add(label);
        return true;
    }

    private bool SkipToSeparator()
    {
        while (tokens.Current.Kind is not (TokenKind.Comma or TokenKind.RightParen))
        {
            if (!tokens.Skip() && !tokens.Recover(Context, "\",\" or \")\""))
            {
                return false;
            }
        }

        return true;
    }
}
