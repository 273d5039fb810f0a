using System.Buffers.Text;
using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>
/// The Prometheus text format 0.0.4 and 1.0.0 (quoted UTF-8 names). Blanks and tabs separate tokens and are skipped; a
/// page ends with a line break.
/// </summary>
public readonly struct TextGrammar : IExpositionGrammar<TextGrammar>
{
    /// <summary>A comma after a label may be missing.</summary>
    static bool IExpositionGrammar<TextGrammar>.RequiresCommas => false;

    static ReadOnlySpan<byte> IExpositionGrammar<TextGrammar>.Complete(ReadOnlySpan<byte> page) =>
        page.IsEmpty || page[^1] == '\n' ? page : (byte[])[.. page, (byte)'\n'];

    static ExpositionToken IExpositionGrammar<TextGrammar>.NextToken(ref LexerCursor cursor)
    {
        ReadOnlySpan<byte> page = cursor.Page;
        int position = cursor.End;
        if (cursor.State == ExpositionLexerState.MetadataText)
        {
            return NextMetadataText(ref cursor, position);
        }

        while ((uint)position < (uint)page.Length && page[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        if (position >= page.Length)
        {
            cursor.Accept(ExpositionToken.EndOfInput, position, cursor.State);
            return ExpositionToken.EndOfInput;
        }

        cursor.Start = position;
        return cursor.State switch
        {
            ExpositionLexerState.Labels => cursor.NextInLabels(position, isExemplar: false),
            ExpositionLexerState.LabelValue => cursor.NextLabelValue(
                position, ExpositionLexerState.Labels, ExpositionBytes.QuoteOrBackslash),
            ExpositionLexerState.Value => NextValue(ref cursor, position),
            ExpositionLexerState.Timestamp => NextTimestamp(ref cursor, position),
            ExpositionLexerState.FamilyName => cursor.NextFamilyName(position),
            _ => NextAtLineStart(ref cursor, position),
        };
    }

    static ExpositionEntry IExpositionGrammar<TextGrammar>.ParseEntry(ref LineParser<TextGrammar> parser)
    {
        ExpositionToken token = parser.NextToken();
        while (token == ExpositionToken.Linebreak)
        {
            parser.BeginEntry();
            token = parser.NextToken();
        }

        switch (token)
        {
            case ExpositionToken.MetricName:
            case ExpositionToken.BraceOpen:
                return parser.ParseSeries(token);
            case ExpositionToken.Help:
                return ParseHelp(ref parser);
            case ExpositionToken.Type:
                return ParseType(ref parser);
            case ExpositionToken.Comment:
                parser.TakeText(parser.TokenStart, parser.TokenEnd);
                return parser.ExpectLinebreak("linebreak expected after comment", ExpositionEntry.Comment);
            case ExpositionToken.EndOfInput:
                return ExpositionEntry.EndOfPage;
            default:
                return parser.Fail("expected a valid start token", token);
        }
    }

    static ExpositionEntry IExpositionGrammar<TextGrammar>.ParseSample(
        ref LineParser<TextGrammar> parser, ExpositionToken token)
    {
        if (token != ExpositionToken.Value)
        {
            return parser.Fail("expected value after metric", token);
        }

        FloatParseOutcome outcome = FloatParser.Parse(parser.Token, out double value);
        if (outcome != FloatParseOutcome.Parsed)
        {
            return parser.FailNumber(outcome, parser.Token, "ParseFloat");
        }

        parser.Value = value;
        token = parser.NextToken();
        if (token == ExpositionToken.Linebreak)
        {
            return ExpositionEntry.Series;
        }

        if (token != ExpositionToken.Timestamp)
        {
            return parser.Fail("expected timestamp or new record", token);
        }

        if (!Utf8Parser.TryParse(parser.Token, out long timestampMs, out _))
        {
            return parser.FailNumber(FloatParseOutcome.OutOfRange, parser.Token, "ParseInt");
        }

        parser.TakeTimestamp(timestampMs);
        return parser.ExpectLinebreak("expected next entry after timestamp", ExpositionEntry.Series);
    }

    private static ExpositionEntry ParseHelp(ref LineParser<TextGrammar> parser)
    {
        if (!TryParseFamily(ref parser, "expected metric name after HELP"))
        {
            return ExpositionEntry.Error;
        }

        return Utf8.IsValid(parser.Text)
            ? parser.ExpectLinebreak("linebreak expected after metadata", ExpositionEntry.Help)
            : parser.Fail($"help text {ExpositionError.Quote(parser.Text)} is not a valid utf8 string");
    }

    private static ExpositionEntry ParseType(ref LineParser<TextGrammar> parser)
    {
        if (!TryParseFamily(ref parser, "expected metric name after TYPE"))
        {
            return ExpositionEntry.Error;
        }

        if (TypeOf(parser.Text) is not { } type)
        {
            return parser.Fail($"invalid metric type {ExpositionError.Quote(parser.Text)}");
        }

        parser.FamilyType = type;
        return parser.ExpectLinebreak("linebreak expected after metadata", ExpositionEntry.Type);
    }

    /// <summary>The family's name, a blank, and the rest of the line.</summary>
    private static bool TryParseFamily(ref LineParser<TextGrammar> parser, string expected)
    {
        ExpositionToken token = parser.NextToken();
        if (token != ExpositionToken.MetricName)
        {
            parser.Fail(expected, token);
            return false;
        }

        parser.TakeName();
        parser.NextToken();
        parser.TakeText(Math.Min(parser.TokenStart + 1, parser.TokenEnd), parser.TokenEnd);
        return true;
    }

    private static ExpositionToken NextAtLineStart(ref LexerCursor cursor, int position)
    {
        byte first = cursor.Page[position];
        if (ExpositionBytes.IsMetricStart(first))
        {
            return cursor.NextMetricName(position, ExpositionLexerState.Value);
        }

        return first switch
        {
            (byte)'#' => NextComment(ref cursor, position),
            (byte)'\n' => cursor.Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart),
            (byte)'{' => cursor.Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels),
            _ => cursor.Reject(position),
        };
    }

    /// <summary>A comment is metadata when a known word and a blank follow the hash and blanks, else just a comment.</summary>
    private static ExpositionToken NextComment(ref LexerCursor cursor, int position)
    {
        int word = SkipBlanks(cursor.Page, position + 1);
        ReadOnlySpan<byte> rest = cursor.Page[word..];
        bool isHelp = rest.StartsWith("HELP"u8);
        if (word > position + 1 && (isHelp || rest.StartsWith("TYPE"u8)) && rest[4] is (byte)' ' or (byte)'\t')
        {
            return cursor.Accept(
                isHelp ? ExpositionToken.Help : ExpositionToken.Type,
                SkipBlanks(cursor.Page, word + 4),
                ExpositionLexerState.FamilyName);
        }

        return cursor.Accept(
            ExpositionToken.Comment, EndOfLine(cursor.Page, position), ExpositionLexerState.LineStart);
    }

    /// <summary>The rest of the line; blanks alone count as nothing.</summary>
    private static ExpositionToken NextMetadataText(ref LexerCursor cursor, int position)
    {
        int end = EndOfLine(cursor.Page, position);
        cursor.Start = SkipBlanks(cursor.Page, position) == end ? end : position;
        return cursor.Accept(ExpositionToken.Text, end, ExpositionLexerState.LineStart);
    }

    private static ExpositionToken NextValue(ref LexerCursor cursor, int position)
    {
        ReadOnlySpan<byte> page = cursor.Page;
        if (page[position] == '{')
        {
            return cursor.Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels);
        }

        int end = position;
        while (page[end] is not ((byte)'{' or (byte)' ' or (byte)'\t' or (byte)'\n'))
        {
            end++;
        }

        return end == position
            ? cursor.Reject(end)
            : cursor.Accept(ExpositionToken.Value, end, ExpositionLexerState.Timestamp);
    }

    private static ExpositionToken NextTimestamp(ref LexerCursor cursor, int position)
    {
        ReadOnlySpan<byte> page = cursor.Page;
        if (page[position] == '\n')
        {
            return cursor.Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart);
        }

        int end = position;
        while (char.IsAsciiDigit((char)page[end]))
        {
            end++;
        }

        return end == position
            ? cursor.Reject(end)
            : cursor.Accept(ExpositionToken.Timestamp, end, ExpositionLexerState.Timestamp);
    }

    private static int SkipBlanks(ReadOnlySpan<byte> page, int position)
    {
        while (page[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        return position;
    }

    private static int EndOfLine(ReadOnlySpan<byte> page, int position) =>
        position + page[position..].IndexOf((byte)'\n');

    private static MetricType? TypeOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.SequenceEqual("counter"u8) => MetricType.Counter,
        _ when word.SequenceEqual("gauge"u8) => MetricType.Gauge,
        _ when word.SequenceEqual("histogram"u8) => MetricType.Histogram,
        _ when word.SequenceEqual("summary"u8) => MetricType.Summary,
        _ when word.SequenceEqual("untyped"u8) => MetricType.Unknown,
        _ => null,
    };
}
