using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Parser of OpenMetrics 1.0 text. It takes what a Prometheus server takes, which is more than the specification
/// allows (values and order of samples are not judged), and gives its error texts.
/// </summary>
public ref struct OpenMetricsParser : IExpositionParser
{
    private const string NoEof = "data does not end with # EOF";

    private readonly ReadOnlySpan<byte> _page;
    private readonly LabelSlots _labels;
    private readonly LabelSlots _exemplarLabels;
    private OpenMetricsLexer _lexer;
    private int _entryStart;
    private Range _name;
    private Range _series;
    private Range _text;

    /// <summary>
    /// Begins at <paramref name="position"/>, the start of a line, as if a type line had given
    /// <paramref name="familyType"/>. Exemplars go to <paramref name="exemplarLabels"/>.
    /// </summary>
    public OpenMetricsParser(
        ReadOnlySpan<byte> page,
        LabelSlots labels,
        LabelSlots exemplarLabels,
        int position = 0,
        MetricType familyType = MetricType.Unknown)
    {
        _page = page;
        _labels = labels;
        _exemplarLabels = exemplarLabels;
        _lexer = new OpenMetricsLexer(page, position);
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

    public bool HasExemplar { get; private set; }

    /// <summary>The exemplar's labels when <see cref="HasExemplar"/>.</summary>
    public readonly LabelSlots ExemplarLabels => _exemplarLabels;

    public double ExemplarValue { get; private set; }

    public bool HasExemplarTimestamp { get; private set; }

    public long ExemplarTimestampMs { get; private set; }

    public ExpositionError? Error { get; private set; }

    public ExpositionEntry Next()
    {
        if (Error is not null)
        {
            return ExpositionEntry.Error;
        }

        _entryStart = _lexer.End;
        ExpositionToken token = _lexer.Next();
        switch (token)
        {
            case ExpositionToken.MetricName:
            case ExpositionToken.BraceOpen:
                return ParseSeries(token);
            case ExpositionToken.Help:
                return ParseMetadata("HELP", ExpositionEntry.Help);
            case ExpositionToken.Type:
                return ParseMetadata("TYPE", ExpositionEntry.Type);
            case ExpositionToken.Unit:
                return ParseMetadata("UNIT", ExpositionEntry.Unit);
            case ExpositionToken.EofWord:
                return _lexer.Next() == ExpositionToken.EndOfInput
                    ? ExpositionEntry.EndOfPage
                    : Fail("unexpected data after # EOF");
            case ExpositionToken.EndOfInput:
                return Fail(NoEof);
            default:
                return Fail("expected a valid start token", token);
        }
    }

    private ExpositionEntry ParseMetadata(string keyword, ExpositionEntry entry)
    {
        ExpositionToken token = _lexer.Next();
        if (token != ExpositionToken.MetricName)
        {
            return Fail("expected metric name after " + keyword, token);
        }

        _name = _page[_lexer.Start] == '"' ? (_lexer.Start + 1)..(_lexer.End - 1) : _lexer.Start.._lexer.End;
        if (_lexer.Next() != ExpositionToken.Text)
        {
            return Fail("expected text in " + keyword);
        }

        _text = (_lexer.Start + 1)..(_lexer.End - 1);
        switch (entry)
        {
            case ExpositionEntry.Type when TypeOf(Text) is { } type:
                FamilyType = type;
                return entry;
            case ExpositionEntry.Type:
                return Fail($"invalid metric type {ExpositionError.Quote(Text)}");
            case ExpositionEntry.Help when !Utf8.IsValid(Text):
                return Fail($"help text {ExpositionError.Quote(Text)} is not a valid utf8 string");
            case ExpositionEntry.Unit when !IsSuffix(Text, Name):
                return Fail(
                    $"unit {ExpositionError.Quote(Text)} not a suffix of metric {ExpositionError.Quote(Name)}");
            default:
                return entry;
        }
    }

    private ExpositionEntry ParseSeries(ExpositionToken token)
    {
        int start = _lexer.Start;
        _labels.Clear();
        _name = default;
        HasExemplar = false;
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
            else if (!TryParseLabels(_labels, isExemplar: false))
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

    private bool TryParseLabels(LabelSlots labels, bool isExemplar)
    {
        labels.Clear();
        ExpositionToken token = _lexer.Next();
        while (token != ExpositionToken.BraceClose)
        {
            if (token is not (ExpositionToken.LabelName or ExpositionToken.QuotedString))
            {
                Fail("expected label name", token);
                return false;
            }

            bool isQuoted = token == ExpositionToken.QuotedString;
            Range name = isQuoted ? (_lexer.Start + 1)..(_lexer.End - 1) : _lexer.Start.._lexer.End;
            token = _lexer.Next();
            if (!isExemplar && token is ExpositionToken.Comma or ExpositionToken.BraceClose)
            {
                if (!TrySetName(name, isQuoted, token))
                {
                    return false;
                }
            }
            else
            {
                if (!TryParseLabelValue(labels, name, token))
                {
                    return false;
                }

                token = _lexer.Next();
                if (token is not (ExpositionToken.Comma or ExpositionToken.BraceClose))
                {
                    Fail("expected comma or brace close", token);
                    return false;
                }
            }

            // One comma too many at the end is fine.
            if (token == ExpositionToken.Comma)
            {
                token = _lexer.Next();
            }
        }

        return true;
    }

    /// <summary>A string alone between the braces is the metric's name.</summary>
    private bool TrySetName(Range name, bool isQuoted, ExpositionToken token)
    {
        if (_name.End.Value != 0)
        {
            Fail($"metric name already set while parsing: {ExpositionError.Quote(_page[_entryStart.._lexer.End])}");
            return false;
        }

        if (!isQuoted)
        {
            Fail("expected equal", token);
            return false;
        }

        _name = name;
        return true;
    }

    private bool TryParseLabelValue(LabelSlots labels, Range name, ExpositionToken token)
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

        labels.Add(new LabelSlot(name.Start.Value, name.End.Value - name.Start.Value, start, length));
        return true;
    }

    private ExpositionEntry ParseSample(ExpositionToken token)
    {
        if (!TryParseFloat(token, "expected value after metric", out double value))
        {
            return ExpositionEntry.Error;
        }

        Value = value;
        HasTimestamp = false;
        token = _lexer.Next();
        if (token == ExpositionToken.Timestamp)
        {
            if (!TryParseTimestamp("invalid timestamp ", out long timestampMs))
            {
                return ExpositionEntry.Error;
            }

            HasTimestamp = true;
            TimestampMs = timestampMs;
            token = _lexer.Next();
            if (token is not (ExpositionToken.Linebreak or ExpositionToken.Comment))
            {
                return Fail("expected next entry after timestamp", token);
            }
        }

        // Anything else is left to the next call, which will not find a valid start there.
        return token switch
        {
            ExpositionToken.EndOfInput => Fail(NoEof),
            ExpositionToken.Comment => ParseExemplar(),
            _ => ExpositionEntry.Series,
        };
    }

    private ExpositionEntry ParseExemplar()
    {
        if (!TryParseLabels(_exemplarLabels, isExemplar: true)
            || !TryParseFloat(_lexer.Next(), "expected value after exemplar labels", out double value))
        {
            return ExpositionEntry.Error;
        }

        HasExemplar = true;
        ExemplarValue = value;
        HasExemplarTimestamp = false;
        ExpositionToken token = _lexer.Next();
        switch (token)
        {
            case ExpositionToken.EndOfInput:
                return Fail(NoEof);
            case ExpositionToken.Linebreak:
                return ExpositionEntry.Series;
            case ExpositionToken.Timestamp:
                break;
            default:
                return Fail("expected timestamp or comment", token);
        }

        if (!TryParseTimestamp("invalid exemplar timestamp ", out long timestampMs))
        {
            return ExpositionEntry.Error;
        }

        HasExemplarTimestamp = true;
        ExemplarTimestampMs = timestampMs;
        token = _lexer.Next();
        return token == ExpositionToken.Linebreak
            ? ExpositionEntry.Series
            : Fail("expected next entry after exemplar timestamp", token);
    }

    private bool TryParseFloat(ExpositionToken token, string expected, out double value)
    {
        value = 0;
        if (token != ExpositionToken.Value)
        {
            Fail(expected, token);
            return false;
        }

        return TryParseNumber(out value);
    }

    /// <summary>Seconds with a fraction on the page, milliseconds here.</summary>
    private bool TryParseTimestamp(string error, out long timestampMs)
    {
        timestampMs = 0;
        if (!TryParseNumber(out double seconds))
        {
            return false;
        }

        if (!double.IsFinite(seconds))
        {
            Fail(error + (double.IsNaN(seconds) ? "NaN" : seconds > 0 ? "+Inf" : "-Inf"));
            return false;
        }

        timestampMs = (long)(seconds * 1000);
        return true;
    }

    private bool TryParseNumber(out double value)
    {
        ReadOnlySpan<byte> number = _lexer.Token[1..];
        FloatParseOutcome outcome = FloatParser.Parse(number, out value);
        if (outcome == FloatParseOutcome.Parsed)
        {
            return true;
        }

        Error = ExpositionError.BadNumber(_page, outcome, number, _entryStart.._lexer.End, "ParseFloat");
        return false;
    }

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
}
