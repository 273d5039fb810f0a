using System.Buffers.Text;
using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Parser of the Prometheus text format 0.0.4 and 1.0.0 (quoted UTF-8 names): what a Prometheus server takes, no more
/// and no less, with its error texts.
/// </summary>
public ref struct TextParser : IExpositionParser
{
    private readonly ReadOnlySpan<byte> _page;
    private readonly LabelSlots _labels;
    private TextLexer _lexer;
    private int _entryStart;
    private Range _name;
    private Range _series;
    private Range _text;

    /// <summary>
    /// Begins at <paramref name="position"/>, the start of a line, as if a type line had given
    /// <paramref name="familyType"/>. A page without a final line break is copied to have one.
    /// </summary>
    public TextParser(
        ReadOnlySpan<byte> page, LabelSlots labels, int position = 0, MetricType familyType = MetricType.Unknown)
    {
        _page = page.IsEmpty || page[^1] == '\n' ? page : (byte[])[.. page, (byte)'\n'];
        _labels = labels;
        _lexer = new TextLexer(_page, position);
        FamilyType = familyType;
    }

    public readonly ReadOnlySpan<byte> Page => _page;

    public readonly int Position => _lexer.End;

    public readonly ReadOnlySpan<byte> Name => _page[_name];

    public readonly ReadOnlySpan<byte> SeriesText => _page[_series];

    public readonly ReadOnlySpan<byte> Text => _page[_text];

    public readonly LabelSlots Labels => _labels;

    public MetricType FamilyType { get; private set; }

    public double Value { get; private set; }

    public bool HasTimestamp { get; private set; }

    public long TimestampMs { get; private set; }

    public ExpositionError? Error { get; private set; }

    public ExpositionEntry Next()
    {
        if (Error is not null)
        {
            return ExpositionEntry.Error;
        }

        ExpositionToken token;
        do
        {
            _entryStart = _lexer.End;
            token = _lexer.Next();
        }
        while (token == ExpositionToken.Linebreak);

        switch (token)
        {
            case ExpositionToken.MetricName:
            case ExpositionToken.BraceOpen:
                return ParseSeries(token);
            case ExpositionToken.Help:
            case ExpositionToken.Type:
                return ParseMetadata(token);
            case ExpositionToken.Comment:
                _text = _lexer.Start.._lexer.End;
                return ExpectLinebreak("linebreak expected after comment", ExpositionEntry.Comment);
            case ExpositionToken.EndOfInput:
                return ExpositionEntry.EndOfPage;
            default:
                return Fail("expected a valid start token", token);
        }
    }

    private ExpositionEntry ParseMetadata(ExpositionToken keyword)
    {
        bool isHelp = keyword == ExpositionToken.Help;
        ExpositionToken token = _lexer.Next();
        if (token != ExpositionToken.MetricName)
        {
            return Fail(isHelp ? "expected metric name after HELP" : "expected metric name after TYPE", token);
        }

        _name = Unquoted(_lexer.Start, _lexer.End);
        _lexer.Next();
        _text = Math.Min(_lexer.Start + 1, _lexer.End).._lexer.End;
        if (isHelp && !Utf8.IsValid(Text))
        {
            return Fail($"help text {ExpositionError.Quote(Text)} is not a valid utf8 string");
        }

        if (!isHelp)
        {
            if (TypeOf(Text) is not { } type)
            {
                return Fail($"invalid metric type {ExpositionError.Quote(Text)}");
            }

            FamilyType = type;
        }

        return ExpectLinebreak(
            "linebreak expected after metadata", isHelp ? ExpositionEntry.Help : ExpositionEntry.Type);
    }

    private ExpositionEntry ParseSeries(ExpositionToken token)
    {
        int start = _lexer.Start;
        _labels.Clear();
        _name = default;
        if (token == ExpositionToken.MetricName)
        {
            _name = start.._lexer.End;
            _series = _name;
            if (ParsePlainSample() is { } plain)
            {
                return plain;
            }

            token = _lexer.Next();
        }

        if (token == ExpositionToken.BraceOpen)
        {
            int end = PlainLine.ReadLabels(_page, _lexer.End, _labels);
            if (end > 0)
            {
                _lexer.SkipLabels(end);
            }
            else if (!TryParseLabels())
            {
                return ExpositionEntry.Error;
            }

            _series = start.._lexer.End;
            if (_name.End.Value > 0)
            {
                return ParsePlainSample() ?? ParseSample(_lexer.Next());
            }

            _lexer.Next();
            return Fail($"metric name not set while parsing: {ExpositionError.Quote(_page[_entryStart.._lexer.End])}");
        }

        return ParseSample(token);
    }

    /// <summary>Takes the rest of the line when it is a blank, a number and the line break; null leaves it to the lexer.</summary>
    private ExpositionEntry? ParsePlainSample()
    {
        int end = PlainLine.ReadValue(_page, _lexer.End, out double value);
        if (end < 0)
        {
            return null;
        }

        Value = value;
        HasTimestamp = false;
        _lexer.SkipLine(end);
        return ExpositionEntry.Series;
    }

    private bool TryParseLabels()
    {
        ExpositionToken token = _lexer.Next();
        while (token != ExpositionToken.BraceClose)
        {
            if (token is not (ExpositionToken.LabelName or ExpositionToken.QuotedString))
            {
                Fail("expected label name", token);
                return false;
            }

            bool isQuoted = token == ExpositionToken.QuotedString;
            Range name = Unquoted(_lexer.Start, _lexer.End);
            token = _lexer.Next();
            if (isQuoted && token is ExpositionToken.Comma or ExpositionToken.BraceClose)
            {
                if (!TrySetName(name))
                {
                    return false;
                }
            }
            else
            {
                if (!TryParseLabelValue(name, token))
                {
                    return false;
                }

                // A comma after a label may be missing in this format, and one too many at the end is fine.
                token = _lexer.Next();
            }

            if (token == ExpositionToken.Comma)
            {
                token = _lexer.Next();
            }
        }

        return true;
    }

    /// <summary>A quoted string alone between the braces is the metric's name.</summary>
    private bool TrySetName(Range name)
    {
        if (_name.End.Value != 0)
        {
            Fail($"metric name already set while parsing: {ExpositionError.Quote(_page[_entryStart.._lexer.End])}");
            return false;
        }

        _name = name;
        return true;
    }

    private bool TryParseLabelValue(Range name, ExpositionToken token)
    {
        if (token != ExpositionToken.Equal)
        {
            Fail("expected equal", token);
            return false;
        }

        token = _lexer.Next();
        if (token != ExpositionToken.LabelValue)
        {
            Fail("expected label value", token);
            return false;
        }

        int start = _lexer.Start + 1;
        int length = _lexer.End - 1 - start;
        if (!Utf8.IsValid(_page.Slice(start, length)))
        {
            Fail($"invalid UTF-8 label value: {ExpositionError.Quote(_lexer.Token)}");
            return false;
        }

        _labels.Add(new LabelSlot(name.Start.Value, name.End.Value - name.Start.Value, start, length));
        return true;
    }

    private ExpositionEntry ParseSample(ExpositionToken token)
    {
        if (token != ExpositionToken.Value)
        {
            return Fail("expected value after metric", token);
        }

        FloatParseOutcome outcome = FloatParser.Parse(_lexer.Token, out double value);
        if (outcome != FloatParseOutcome.Parsed)
        {
            return FailNumber(outcome, "ParseFloat");
        }

        Value = value;
        HasTimestamp = false;
        token = _lexer.Next();
        if (token == ExpositionToken.Linebreak)
        {
            return ExpositionEntry.Series;
        }

        if (token != ExpositionToken.Timestamp)
        {
            return Fail("expected timestamp or new record", token);
        }

        if (!Utf8Parser.TryParse(_lexer.Token, out long timestampMs, out _))
        {
            return FailNumber(FloatParseOutcome.OutOfRange, "ParseInt");
        }

        HasTimestamp = true;
        TimestampMs = timestampMs;
        return ExpectLinebreak("expected next entry after timestamp", ExpositionEntry.Series);
    }

    private static MetricType? TypeOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.SequenceEqual("counter"u8) => MetricType.Counter,
        _ when word.SequenceEqual("gauge"u8) => MetricType.Gauge,
        _ when word.SequenceEqual("histogram"u8) => MetricType.Histogram,
        _ when word.SequenceEqual("summary"u8) => MetricType.Summary,
        _ when word.SequenceEqual("untyped"u8) => MetricType.Unknown,
        _ => null,
    };

    private readonly Range Unquoted(int start, int end) => _page[start] == '"' ? (start + 1)..(end - 1) : start..end;

    private ExpositionEntry ExpectLinebreak(string expected, ExpositionEntry entry)
    {
        ExpositionToken token = _lexer.Next();
        return token == ExpositionToken.Linebreak ? entry : Fail(expected, token);
    }

    private ExpositionEntry Fail(string expected, ExpositionToken token)
    {
        Range found = _lexer.Start..Math.Min(_lexer.End + 1, _page.Length);
        Error = ExpositionError.Unexpected(_page, expected, token, found, _entryStart);
        return ExpositionEntry.Error;
    }

    private ExpositionEntry Fail(string message)
    {
        Error = ExpositionError.At(_page, _lexer.Start, message);
        return ExpositionEntry.Error;
    }

    private ExpositionEntry FailNumber(FloatParseOutcome outcome, string function)
    {
        Error = ExpositionError.BadNumber(_page, outcome, _lexer.Token, _entryStart.._lexer.End, function);
        return ExpositionEntry.Error;
    }
}
