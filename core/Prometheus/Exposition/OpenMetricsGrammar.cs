using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>
/// OpenMetrics 1.0 text as a Prometheus server takes it, which is more than the specification allows (values and order
/// of samples are not judged). Blanks mean something here: exactly one stands before a value, a timestamp and an
/// exemplar, and belongs to that token.
/// </summary>
public readonly struct OpenMetricsGrammar : IExpositionGrammar<OpenMetricsGrammar>
{
    private const string NoEof = "data does not end with # EOF";

    static bool IExpositionGrammar<OpenMetricsGrammar>.RequiresCommas => true;

    static ReadOnlySpan<byte> IExpositionGrammar<OpenMetricsGrammar>.Complete(ReadOnlySpan<byte> page) => page;

    static ExpositionToken IExpositionGrammar<OpenMetricsGrammar>.NextToken(ref LexerCursor cursor)
    {
        int position = cursor.End;
        if (position >= cursor.Page.Length)
        {
            return ExpositionToken.EndOfInput;
        }

        cursor.Start = position;
        return cursor.State switch
        {
            ExpositionLexerState.Labels => cursor.NextInLabels(position, isExemplar: false),
            ExpositionLexerState.ExemplarLabels => cursor.NextInLabels(position, isExemplar: true),
            ExpositionLexerState.LabelValue => cursor.NextLabelValue(
                position, ExpositionLexerState.Labels, ExpositionBytes.QuoteBackslashOrBreak),
            ExpositionLexerState.ExemplarLabelValue => cursor.NextLabelValue(
                position, ExpositionLexerState.ExemplarLabels, ExpositionBytes.QuoteBackslashOrBreak),
            ExpositionLexerState.Value => NextValue(ref cursor, position),
            ExpositionLexerState.Timestamp => NextTimestamp(ref cursor, position),
            ExpositionLexerState.ExemplarValue => NextBlankAndWord(
                ref cursor, position, ExpositionToken.Value, ExpositionLexerState.ExemplarTimestamp),
            ExpositionLexerState.ExemplarTimestamp => NextExemplarTimestamp(ref cursor, position),
            ExpositionLexerState.FamilyName => cursor.NextFamilyName(position),
            ExpositionLexerState.MetadataText => NextMetadataText(ref cursor, position),
            _ => NextAtLineStart(ref cursor, position),
        };
    }

    static ExpositionEntry IExpositionGrammar<OpenMetricsGrammar>.ParseEntry(
        ref LineParser<OpenMetricsGrammar> parser)
    {
        ExpositionToken token = parser.NextToken();
        switch (token)
        {
            case ExpositionToken.MetricName:
            case ExpositionToken.BraceOpen:
                return parser.ParseSeries(token);
            case ExpositionToken.Help:
                return ParseMetadata(ref parser, "HELP", ExpositionEntry.Help);
            case ExpositionToken.Type:
                return ParseMetadata(ref parser, "TYPE", ExpositionEntry.Type);
            case ExpositionToken.Unit:
                return ParseMetadata(ref parser, "UNIT", ExpositionEntry.Unit);
            case ExpositionToken.EofWord:
                return parser.NextToken() == ExpositionToken.EndOfInput
                    ? ExpositionEntry.EndOfPage
                    : parser.Fail("unexpected data after # EOF");
            case ExpositionToken.EndOfInput:
                return parser.Fail(NoEof);
            default:
                return parser.Fail("expected a valid start token", token);
        }
    }

    static ExpositionEntry IExpositionGrammar<OpenMetricsGrammar>.ParseSample(
        ref LineParser<OpenMetricsGrammar> parser, ExpositionToken token)
    {
        if (!TryParseFloat(ref parser, token, "expected value after metric", out double value))
        {
            return ExpositionEntry.Error;
        }

        parser.Value = value;
        token = parser.NextToken();
        if (token == ExpositionToken.Timestamp)
        {
            if (!TryParseTimestamp(ref parser, "invalid timestamp ", out long timestampMs))
            {
                return ExpositionEntry.Error;
            }

            parser.TakeTimestamp(timestampMs);
            token = parser.NextToken();
            if (token is not (ExpositionToken.Linebreak or ExpositionToken.Comment))
            {
                return parser.Fail("expected next entry after timestamp", token);
            }
        }

        // Anything else is left to the next call, which will not find a valid start there.
        return token switch
        {
            ExpositionToken.EndOfInput => parser.Fail(NoEof),
            ExpositionToken.Comment => ParseExemplar(ref parser),
            _ => ExpositionEntry.Series,
        };
    }

    private static ExpositionEntry ParseMetadata(
        ref LineParser<OpenMetricsGrammar> parser, string keyword, ExpositionEntry entry)
    {
        ExpositionToken token = parser.NextToken();
        if (token != ExpositionToken.MetricName)
        {
            return parser.Fail("expected metric name after " + keyword, token);
        }

        parser.TakeName();
        if (parser.NextToken() != ExpositionToken.Text)
        {
            return parser.Fail("expected text in " + keyword);
        }

        parser.TakeText(parser.TokenStart + 1, parser.TokenEnd - 1);
        switch (entry)
        {
            case ExpositionEntry.Type when TypeOf(parser.Text) is { } type:
                parser.FamilyType = type;
                return entry;
            case ExpositionEntry.Type:
                return parser.Fail($"invalid metric type {ExpositionError.Quote(parser.Text)}");
            case ExpositionEntry.Help when !Utf8.IsValid(parser.Text):
                return parser.Fail($"help text {ExpositionError.Quote(parser.Text)} is not a valid utf8 string");
            case ExpositionEntry.Unit when !IsSuffix(parser.Text, parser.Name):
                return parser.Fail(
                    $"unit {ExpositionError.Quote(parser.Text)} not a suffix of metric {ExpositionError.Quote(parser.Name)}");
            default:
                return entry;
        }
    }

    private static ExpositionEntry ParseExemplar(ref LineParser<OpenMetricsGrammar> parser)
    {
        if (!parser.TryParseExemplarLabels()
            || !TryParseFloat(
                ref parser, parser.NextToken(), "expected value after exemplar labels", out double value))
        {
            return ExpositionEntry.Error;
        }

        parser.TakeExemplar(value);
        ExpositionToken token = parser.NextToken();
        switch (token)
        {
            case ExpositionToken.EndOfInput:
                return parser.Fail(NoEof);
            case ExpositionToken.Linebreak:
                return ExpositionEntry.Series;
            case ExpositionToken.Timestamp:
                break;
            default:
                return parser.Fail("expected timestamp or comment", token);
        }

        if (!TryParseTimestamp(ref parser, "invalid exemplar timestamp ", out long timestampMs))
        {
            return ExpositionEntry.Error;
        }

        parser.TakeExemplarTimestamp(timestampMs);
        return parser.ExpectLinebreak("expected next entry after exemplar timestamp", ExpositionEntry.Series);
    }

    private static bool TryParseFloat(
        ref LineParser<OpenMetricsGrammar> parser, ExpositionToken token, string expected, out double value)
    {
        if (token == ExpositionToken.Value)
        {
            return TryParseNumber(ref parser, out value);
        }

        value = 0;
        parser.Fail(expected, token);
        return false;
    }

    /// <summary>Seconds with a fraction on the page, milliseconds here.</summary>
    private static bool TryParseTimestamp(
        ref LineParser<OpenMetricsGrammar> parser, string error, out long timestampMs)
    {
        timestampMs = 0;
        if (!TryParseNumber(ref parser, out double seconds))
        {
            return false;
        }

        if (!double.IsFinite(seconds))
        {
            parser.Fail(error + (double.IsNaN(seconds) ? "NaN" : seconds > 0 ? "+Inf" : "-Inf"));
            return false;
        }

        timestampMs = (long)(seconds * 1000);
        return true;
    }

    /// <summary>The number after the token's blank.</summary>
    private static bool TryParseNumber(ref LineParser<OpenMetricsGrammar> parser, out double value)
    {
        ReadOnlySpan<byte> number = parser.Token[1..];
        FloatParseOutcome outcome = FloatParser.Parse(number, out value);
        if (outcome == FloatParseOutcome.Parsed)
        {
            return true;
        }

        parser.FailNumber(outcome, number, "ParseFloat");
        return false;
    }

    private static ExpositionToken NextAtLineStart(ref LexerCursor cursor, int position)
    {
        byte first = cursor.Page[position];
        if (ExpositionBytes.IsMetricStart(first))
        {
            return cursor.NextMetricName(position, ExpositionLexerState.Value);
        }

        if (first == '{')
        {
            return cursor.Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels);
        }

        if (first != '#')
        {
            return cursor.Reject(position);
        }

        return IsAt(cursor.Page, position + 1, (byte)' ')
            ? NextKeyword(ref cursor, position + 2)
            : cursor.Reject(position + 1);
    }

    private static ExpositionToken NextKeyword(ref LexerCursor cursor, int position)
    {
        ReadOnlySpan<byte> rest = cursor.Page[Math.Min(position, cursor.Page.Length)..];
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
            return cursor.Reject(position + matched);
        }

        int end = position + matched;
        return token == ExpositionToken.EofWord
            ? cursor.Accept(token, IsAt(cursor.Page, end, (byte)'\n') ? end + 1 : end, ExpositionLexerState.LineStart)
            : cursor.Accept(token, end, ExpositionLexerState.FamilyName);
    }

    /// <summary>A blank, the text, and the line break, which belongs to the token.</summary>
    private static ExpositionToken NextMetadataText(ref LexerCursor cursor, int position)
    {
        if (cursor.Page[position] != ' ')
        {
            return cursor.Reject(position);
        }

        int length = cursor.Page[position..].IndexOf((byte)'\n');
        return length < 0
            ? cursor.Reject(cursor.Page.Length)
            : cursor.Accept(ExpositionToken.Text, position + length + 1, ExpositionLexerState.LineStart);
    }

    private static ExpositionToken NextValue(ref LexerCursor cursor, int position) => cursor.Page[position] == '{'
        ? cursor.Accept(ExpositionToken.BraceOpen, position + 1, ExpositionLexerState.Labels)
        : NextBlankAndWord(ref cursor, position, ExpositionToken.Value, ExpositionLexerState.Timestamp);

    private static ExpositionToken NextTimestamp(ref LexerCursor cursor, int position)
    {
        if (cursor.Page[position] == '\n')
        {
            return cursor.Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart);
        }

        // A blank, a hash and a blank can only begin an exemplar; a hash and anything else is taken for a timestamp.
        if (cursor.Page[position..].StartsWith(" # "u8))
        {
            return IsAt(cursor.Page, position + 3, (byte)'{')
                ? cursor.Accept(ExpositionToken.Comment, position + 4, ExpositionLexerState.ExemplarLabels)
                : cursor.Reject(position + 3);
        }

        return NextBlankAndWord(ref cursor, position, ExpositionToken.Timestamp, ExpositionLexerState.Timestamp);
    }

    private static ExpositionToken NextExemplarTimestamp(ref LexerCursor cursor, int position) =>
        cursor.Page[position] == '\n'
        ? cursor.Accept(ExpositionToken.Linebreak, position + 1, ExpositionLexerState.LineStart)
        : NextBlankAndWord(ref cursor, position, ExpositionToken.Timestamp, ExpositionLexerState.ExemplarTimestamp);

    private static ExpositionToken NextBlankAndWord(
        ref LexerCursor cursor, int position, ExpositionToken token, ExpositionLexerState next)
    {
        if (cursor.Page[position] != ' ')
        {
            return cursor.Reject(position);
        }

        int end = position + 1;
        while (end < cursor.Page.Length && cursor.Page[end] is not ((byte)' ' or (byte)'\n'))
        {
            end++;
        }

        return end == position + 1 ? cursor.Reject(end) : cursor.Accept(token, end, next);
    }

    private static bool IsAt(ReadOnlySpan<byte> page, int position, byte expected) =>
        position < page.Length && page[position] == expected;

    private static MetricType? TypeOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.SequenceEqual("counter"u8) => MetricType.Counter,
        _ when word.SequenceEqual("gauge"u8) => MetricType.Gauge,
        _ when word.SequenceEqual("histogram"u8) => MetricType.Histogram,
        _ when word.SequenceEqual("gaugehistogram"u8) => MetricType.GaugeHistogram,
        _ when word.SequenceEqual("summary"u8) => MetricType.Summary,
        _ when word.SequenceEqual("info"u8) => MetricType.Info,
        _ when word.SequenceEqual("stateset"u8) => MetricType.Stateset,
        _ when word.SequenceEqual("unknown"u8) => MetricType.Unknown,
        _ => null,
    };

    /// <summary>A unit must end the family's name, after an underscore.</summary>
    private static bool IsSuffix(ReadOnlySpan<byte> unit, ReadOnlySpan<byte> name) =>
        unit.IsEmpty || (name.Length > unit.Length && name.EndsWith(unit) && name[^(unit.Length + 1)] == '_');
}
