namespace AmpEdge.Prometheus;

/// <summary>
/// Cuts Prometheus text into tokens. The page must end with a line break. Blanks and tabs separate tokens and are
/// skipped; a byte that cannot continue any token makes an invalid one that ends before it.
/// </summary>
internal ref struct TextLexer(ReadOnlySpan<byte> page, int position)
{
    private readonly ReadOnlySpan<byte> _page = page;
    private ExpositionLexerState _state = ExpositionLexerState.LineStart;

    /// <summary>Where the last token begins.</summary>
    public int Start { get; private set; } = position;

    /// <summary>Where the last token ends, or where an invalid one broke off.</summary>
    public int End { get; private set; } = position;

    public readonly ReadOnlySpan<byte> Token => _page[Start..End];

    public ExpositionToken Next()
    {
        ReadOnlySpan<byte> page = _page;
        int position = End;
        if (_state == ExpositionLexerState.MetadataText)
        {
            return NextMetadataText(position);
        }

        while ((uint)position < (uint)page.Length && page[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        if (position >= page.Length)
        {
            End = position;
            return ExpositionToken.EndOfInput;
        }

        Start = position;
        return _state switch
        {
            ExpositionLexerState.Labels => NextInLabels(position),
            ExpositionLexerState.LabelValue => NextLabelValue(position),
            ExpositionLexerState.Value => NextValue(position),
            ExpositionLexerState.Timestamp => NextTimestamp(position),
            ExpositionLexerState.FamilyName => NextFamilyName(position),
            _ => NextAtLineStart(position),
        };
    }

    /// <summary>Goes on after the closing brace of labels that were read without the lexer.</summary>
    public void SkipLabels(int end)
    {
        Start = end - 1;
        Accept(ExpositionToken.BraceClose, end, ExpositionLexerState.Value);
    }

    /// <summary>Goes on after a line whose rest was read without the lexer.</summary>
    public void SkipLine(int end) => Accept(ExpositionToken.Linebreak, end, ExpositionLexerState.LineStart);

    private ExpositionToken Accept(ExpositionToken token, int end, ExpositionLexerState next)
    {
        End = end;
        _state = next;
        return token;
    }

    private ExpositionToken Reject(int end)
    {
        End = end;
        return ExpositionToken.Invalid;
    }

    private ExpositionToken NextAtLineStart(int position)
    {
        byte first = _page[position];
        if (ExpositionBytes.IsMetricStart(first))
        {
            int end = ExpositionBytes.EndOfMetricName(_page, position + 1);
            return Accept(ExpositionToken.MetricName, end, ExpositionLexerState.Value);
        }

        return first switch
        {
            (byte)'#' => NextComment(position),
            (byte)'\n' => Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart),
            (byte)'{' => Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels),
            _ => Reject(position),
        };
    }

    /// <summary>A comment is metadata when a known word and a blank follow the hash and blanks, else just a comment.</summary>
    private ExpositionToken NextComment(int position)
    {
        int word = SkipBlanks(position + 1);
        ReadOnlySpan<byte> rest = _page[word..];
        bool isHelp = rest.StartsWith("HELP"u8);
        if (word > position + 1 && (isHelp || rest.StartsWith("TYPE"u8)) && rest[4] is (byte)' ' or (byte)'\t')
        {
            return Accept(
                isHelp ? ExpositionToken.Help : ExpositionToken.Type,
                SkipBlanks(word + 4),
                ExpositionLexerState.FamilyName);
        }

        return Accept(ExpositionToken.Comment, EndOfLine(position), ExpositionLexerState.LineStart);
    }

    private ExpositionToken NextFamilyName(int position)
    {
        if (_page[position] == '"')
        {
            return NextQuoted(position, ExpositionToken.MetricName, ExpositionLexerState.MetadataText);
        }

        return ExpositionBytes.IsMetricStart(_page[position])
            ? Accept(
                ExpositionToken.MetricName,
                ExpositionBytes.EndOfMetricName(_page, position + 1),
                ExpositionLexerState.MetadataText)
            : Reject(position);
    }

    /// <summary>The rest of the line; blanks alone count as nothing.</summary>
    private ExpositionToken NextMetadataText(int position)
    {
        int end = EndOfLine(position);
        Start = SkipBlanks(position) == end ? end : position;
        return Accept(ExpositionToken.Text, end, ExpositionLexerState.LineStart);
    }

    private ExpositionToken NextInLabels(int position)
    {
        byte first = _page[position];
        if (ExpositionBytes.IsLabelStart(first))
        {
            int end = ExpositionBytes.EndOfLabelName(_page, position + 1);
            return Accept(ExpositionToken.LabelName, end, ExpositionLexerState.Labels);
        }

        return first switch
        {
            (byte)'=' => Accept(ExpositionToken.Equal, position + 1, ExpositionLexerState.LabelValue),
            (byte)',' => Accept(ExpositionToken.Comma, position + 1, ExpositionLexerState.Labels),
            (byte)'}' => Accept(ExpositionToken.BraceClose, position + 1, ExpositionLexerState.Value),
            (byte)'"' => NextQuoted(position, ExpositionToken.QuotedString, ExpositionLexerState.Labels),
            _ => Reject(position),
        };
    }

    private ExpositionToken NextLabelValue(int position) =>
        _page[position] == '"'
            ? NextQuoted(position, ExpositionToken.LabelValue, ExpositionLexerState.Labels)
            : Reject(position);

    private ExpositionToken NextQuoted(int position, ExpositionToken token, ExpositionLexerState next)
    {
        int end = ExpositionBytes.EndOfQuoted(_page, position, ExpositionBytes.QuoteOrBackslash);
        return end > 0 ? Accept(token, end, next) : Reject(~end);
    }

    private ExpositionToken NextValue(int position)
    {
        if (_page[position] == '{')
        {
            return Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels);
        }

        int end = position;
        while (_page[end] is not ((byte)'{' or (byte)' ' or (byte)'\t' or (byte)'\n'))
        {
            end++;
        }

        return end == position ? Reject(end) : Accept(ExpositionToken.Value, end, ExpositionLexerState.Timestamp);
    }

    private ExpositionToken NextTimestamp(int position)
    {
        if (_page[position] == '\n')
        {
            return Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart);
        }

        int end = position;
        while (char.IsAsciiDigit((char)_page[end]))
        {
            end++;
        }

        return end == position ? Reject(end) : Accept(ExpositionToken.Timestamp, end, ExpositionLexerState.Timestamp);
    }

    private readonly int SkipBlanks(int position)
    {
        while (_page[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        return position;
    }

    private readonly int EndOfLine(int position) => position + _page[position..].IndexOf((byte)'\n');
}
