namespace AmpEdge.Prometheus;

/// <summary>
/// Cuts OpenMetrics text into tokens. Blanks mean something here: exactly one stands before a value, a timestamp and
/// an exemplar, and belongs to that token. A byte that cannot continue any token makes an invalid one that ends there.
/// </summary>
internal ref struct OpenMetricsLexer(ReadOnlySpan<byte> page, int position)
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
        int position = End;
        if (position >= _page.Length)
        {
            return ExpositionToken.EndOfInput;
        }

        Start = position;
        return _state switch
        {
            ExpositionLexerState.Labels => NextInLabels(position, isExemplar: false),
            ExpositionLexerState.ExemplarLabels => NextInLabels(position, isExemplar: true),
            ExpositionLexerState.LabelValue => NextLabelValue(position, ExpositionLexerState.Labels),
            ExpositionLexerState.ExemplarLabelValue => NextLabelValue(
                position, ExpositionLexerState.ExemplarLabels),
            ExpositionLexerState.Value => NextValue(position),
            ExpositionLexerState.Timestamp => NextTimestamp(position),
            ExpositionLexerState.ExemplarValue => NextBlankAndWord(
                position, ExpositionToken.Value, ExpositionLexerState.ExemplarTimestamp),
            ExpositionLexerState.ExemplarTimestamp => NextExemplarTimestamp(position),
            ExpositionLexerState.Keyword => NextKeyword(position),
            ExpositionLexerState.FamilyName => NextFamilyName(position),
            ExpositionLexerState.MetadataText => NextMetadataText(position),
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

        if (first == '{')
        {
            return Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels);
        }

        if (first != '#')
        {
            return Reject(position);
        }

        if (!IsAt(position + 1, (byte)' '))
        {
            return Reject(position + 1);
        }

        _state = ExpositionLexerState.Keyword;
        return NextKeyword(position + 2);
    }

    private ExpositionToken NextKeyword(int position)
    {
        ReadOnlySpan<byte> rest = _page[Math.Min(position, _page.Length)..];
        ExpositionToken token = (rest.IsEmpty ? 0 : rest[0]) switch
        {
            (byte)'H' => ExpositionToken.Help,
            (byte)'T' => ExpositionToken.Type,
            (byte)'U' => ExpositionToken.Unit,
            _ => ExpositionToken.EofWord,
        };
        ReadOnlySpan<byte> word = token switch
        {
            ExpositionToken.Help => "HELP "u8,
            ExpositionToken.Type => "TYPE "u8,
            ExpositionToken.Unit => "UNIT "u8,
            _ => "EOF"u8,
        };
        int matched = rest.CommonPrefixLength(word);
        if (matched < word.Length)
        {
            return Reject(position + matched);
        }

        int end = position + matched;
        return token == ExpositionToken.EofWord
            ? Accept(token, IsAt(end, (byte)'\n') ? end + 1 : end, ExpositionLexerState.LineStart)
            : Accept(token, end, ExpositionLexerState.FamilyName);
    }

    private ExpositionToken NextFamilyName(int position)
    {
        if (_page[position] == '"')
        {
            int quoteEnd = ExpositionBytes.EndOfQuoted(_page, position, ExpositionBytes.QuoteOrBackslash);
            return quoteEnd > 0
                ? Accept(ExpositionToken.MetricName, quoteEnd, ExpositionLexerState.MetadataText)
                : Reject(~quoteEnd);
        }

        return ExpositionBytes.IsMetricStart(_page[position])
            ? Accept(
                ExpositionToken.MetricName,
                ExpositionBytes.EndOfMetricName(_page, position + 1),
                ExpositionLexerState.MetadataText)
            : Reject(position);
    }

    /// <summary>A blank, the text, and the line break, which belongs to the token.</summary>
    private ExpositionToken NextMetadataText(int position)
    {
        if (_page[position] != ' ')
        {
            return Reject(position);
        }

        int length = _page[position..].IndexOf((byte)'\n');
        return length < 0
            ? Reject(_page.Length)
            : Accept(ExpositionToken.Text, position + length + 1, ExpositionLexerState.LineStart);
    }

    /// <summary>Labels of a series and of an exemplar differ in what follows them and in what a quoted name may hold.</summary>
    private ExpositionToken NextInLabels(int position, bool isExemplar)
    {
        byte first = _page[position];
        if (ExpositionBytes.IsLabelStart(first))
        {
            return Accept(
                ExpositionToken.LabelName, ExpositionBytes.EndOfLabelName(_page, position + 1), _state);
        }

        switch (first)
        {
            case (byte)'=':
                return Accept(
                    ExpositionToken.Equal,
                    position + 1,
                    isExemplar ? ExpositionLexerState.ExemplarLabelValue : ExpositionLexerState.LabelValue);
            case (byte)',':
                return Accept(ExpositionToken.Comma, position + 1, _state);
            case (byte)'}':
                return Accept(
                    ExpositionToken.BraceClose,
                    position + 1,
                    isExemplar ? ExpositionLexerState.ExemplarValue : ExpositionLexerState.Value);
            case (byte)'"':
                int end = ExpositionBytes.EndOfQuoted(
                    _page,
                    position,
                    isExemplar ? ExpositionBytes.QuoteBackslashOrBreak : ExpositionBytes.QuoteOrBackslash);
                return end > 0 ? Accept(ExpositionToken.QuotedString, end, _state) : Reject(~end);
            default:
                return Reject(position);
        }
    }

    private ExpositionToken NextLabelValue(int position, ExpositionLexerState next)
    {
        if (_page[position] != '"')
        {
            return Reject(position);
        }

        int end = ExpositionBytes.EndOfQuoted(_page, position, ExpositionBytes.QuoteBackslashOrBreak);
        return end > 0 ? Accept(ExpositionToken.LabelValue, end, next) : Reject(~end);
    }

    private ExpositionToken NextValue(int position) => _page[position] == '{'
        ? Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels)
        : NextBlankAndWord(position, ExpositionToken.Value, ExpositionLexerState.Timestamp);

    private ExpositionToken NextTimestamp(int position)
    {
        if (_page[position] == '\n')
        {
            return Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart);
        }

        // A blank, a hash and a blank can only begin an exemplar; a hash and anything else is taken for a timestamp.
        if (_page[position..].StartsWith(" # "u8))
        {
            return IsAt(position + 3, (byte)'{')
                ? Accept(ExpositionToken.Comment, position + 4, ExpositionLexerState.ExemplarLabels)
                : Reject(position + 3);
        }

        return NextBlankAndWord(position, ExpositionToken.Timestamp, ExpositionLexerState.Timestamp);
    }

    private ExpositionToken NextExemplarTimestamp(int position) => _page[position] == '\n'
        ? Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart)
        : NextBlankAndWord(position, ExpositionToken.Timestamp, ExpositionLexerState.ExemplarTimestamp);

    private ExpositionToken NextBlankAndWord(int position, ExpositionToken token, ExpositionLexerState next)
    {
        if (_page[position] != ' ')
        {
            return Reject(position);
        }

        int end = position + 1;
        while (end < _page.Length && _page[end] is not ((byte)' ' or (byte)'\n'))
        {
            end++;
        }

        return end == position + 1 ? Reject(end) : Accept(token, end, next);
    }

    private readonly bool IsAt(int position, byte expected) => position < _page.Length && _page[position] == expected;
}
