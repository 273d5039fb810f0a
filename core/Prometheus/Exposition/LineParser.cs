using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Parser of the text formats: what a Prometheus server takes, no more and no less, with its error texts. Series,
/// labels and plain lines are read here, what the formats differ in by <typeparamref name="TGrammar"/>.
/// </summary>
/// <typeparam name="TGrammar"><see cref="TextGrammar"/> or <see cref="OpenMetricsGrammar"/>.</typeparam>
public ref struct LineParser<TGrammar> : IExpositionParser
    where TGrammar : struct, IExpositionGrammar<TGrammar>
{
    private readonly ReadOnlySpan<byte> _page;
    private readonly LabelSlots _labels;
    private readonly LabelSlots _exemplarLabels;
    private LexerCursor _cursor;
    private int _entryStart;
    private Range _name;
    private Range _series;
    private Range _text;
    private bool _hasExemplar;

    /// <summary>
    /// Begins at <paramref name="position"/>, the start of a line, as if a type line had given
    /// <paramref name="familyType"/>. Prometheus text without a final line break is copied to have one.
    /// </summary>
    public LineParser(
        ReadOnlySpan<byte> page,
        LabelSlots labels,
        LabelSlots exemplarLabels,
        int position = 0,
        MetricType familyType = MetricType.Unknown)
    {
        _page = TGrammar.Complete(page);
        _labels = labels;
        _exemplarLabels = exemplarLabels;
        _cursor = new LexerCursor(_page, position);
        FamilyType = familyType;
    }

    public readonly ReadOnlySpan<byte> Page => _page;

    public readonly int Position => _cursor.End;

    public readonly ReadOnlySpan<byte> Name => _page[_name];

    public readonly ReadOnlySpan<byte> SeriesText => _page[_series];

    public readonly ReadOnlySpan<byte> Text => _page[_text];

    public readonly LabelSlots Labels => _labels;

    public MetricType FamilyType { get; internal set; }

    public double Value { get; internal set; }

    public bool HasTimestamp { get; private set; }

    public long TimestampMs { get; private set; }

    /// <summary>None: OpenMetrics 1.0 has it in lines of their own (<see cref="CreatedGroups"/>).</summary>
    public readonly long StartTimestampMs => 0;

    public readonly LabelSlots ExemplarLabels => _exemplarLabels;

    public double ExemplarValue { get; private set; }

    public bool HasExemplarTimestamp { get; private set; }

    public long ExemplarTimestampMs { get; private set; }

    public ExpositionError? Error { get; private set; }

    /// <summary>Bytes of the last token.</summary>
    internal readonly ReadOnlySpan<byte> Token => _cursor.Token;

    internal readonly int TokenStart => _cursor.Start;

    internal readonly int TokenEnd => _cursor.End;

    public ExpositionEntry Next()
    {
        if (Error is not null)
        {
            return ExpositionEntry.Error;
        }

        _entryStart = _cursor.End;
        return TGrammar.ParseEntry(ref this);
    }

    public bool NextExemplar()
    {
        bool hasExemplar = _hasExemplar;
        _hasExemplar = false;
        return hasExemplar;
    }

    internal ExpositionToken NextToken() => TGrammar.NextToken(ref _cursor);

    /// <summary>Leaves out what was read so far: the entry begins with the next token.</summary>
    internal void BeginEntry() => _entryStart = _cursor.End;

    /// <summary>Takes the last token, without its quotes, for the entry's name.</summary>
    internal void TakeName() => _name = Unquoted();

    internal void TakeText(int start, int end) => _text = start..end;

    internal void TakeTimestamp(long timestampMs)
    {
        HasTimestamp = true;
        TimestampMs = timestampMs;
    }

    internal void TakeExemplar(double value)
    {
        _hasExemplar = true;
        ExemplarValue = value;
        HasExemplarTimestamp = false;
    }

    internal void TakeExemplarTimestamp(long timestampMs)
    {
        HasExemplarTimestamp = true;
        ExemplarTimestampMs = timestampMs;
    }

    /// <summary>Parses a line that begins with a metric's name or an opening brace.</summary>
    internal ExpositionEntry ParseSeries(ExpositionToken token)
    {
        int start = _cursor.Start;
        _labels.Clear();
        _name = default;
        HasTimestamp = false;
        _hasExemplar = false;
        if (token == ExpositionToken.MetricName)
        {
            _name = start.._cursor.End;
            _series = _name;
            if (TryParsePlainSample())
            {
                return ExpositionEntry.Series;
            }

            token = NextToken();
        }

        if (token != ExpositionToken.BraceOpen)
        {
            return TGrammar.ParseSample(ref this, token);
        }

        int end = PlainLine.ReadLabels(_page, _cursor.End, _labels);
        if (end > 0)
        {
            _cursor.SkipLabels(end);
        }
        else if (!TryParseLabels(_labels, isExemplar: false))
        {
            return ExpositionEntry.Error;
        }

        _series = start.._cursor.End;
        if (_name.End.Value > 0)
        {
            return TryParsePlainSample() ? ExpositionEntry.Series : TGrammar.ParseSample(ref this, NextToken());
        }

        NextToken();
        return Fail($"metric name not set while parsing: {ExpositionError.Quote(_page[_entryStart.._cursor.End])}");
    }

    /// <summary>Parses what stands between the braces of an exemplar.</summary>
    internal bool TryParseExemplarLabels() => TryParseLabels(_exemplarLabels, isExemplar: true);

    internal ExpositionEntry ExpectLinebreak(string expected, ExpositionEntry entry)
    {
        ExpositionToken token = NextToken();
        return token == ExpositionToken.Linebreak ? entry : Fail(expected, token);
    }

    internal ExpositionEntry Fail(string expected, ExpositionToken token)
    {
        Range found = _cursor.Start..Math.Min(_cursor.End + 1, _page.Length);
        Error = ExpositionError.Unexpected(_page, expected, token, found, _entryStart);
        return ExpositionEntry.Error;
    }

    internal ExpositionEntry Fail(string message)
    {
        Error = ExpositionError.At(_page, _cursor.Start, message);
        return ExpositionEntry.Error;
    }

    /// <param name="outcome">What is wrong.</param>
    /// <param name="number">The number, which ends the last token.</param>
    /// <param name="function">Go's function whose failure the text names.</param>
    internal ExpositionEntry FailNumber(FloatParseOutcome outcome, ReadOnlySpan<byte> number, string function)
    {
        Error = ExpositionError.BadNumber(_page, outcome, number, _entryStart.._cursor.End, function);
        return ExpositionEntry.Error;
    }

    /// <summary>Takes the rest of the line when it is a blank, a number and the line break; else leaves it to the lexer.</summary>
    private bool TryParsePlainSample()
    {
        int end = PlainLine.ReadValue(_page, _cursor.End, out double value);
        if (end < 0)
        {
            return false;
        }

        Value = value;
        _cursor.SkipLine(end);
        return true;
    }

    private bool TryParseLabels(LabelSlots labels, bool isExemplar)
    {
        labels.Clear();
        ExpositionToken token = NextToken();
        while (token != ExpositionToken.BraceClose)
        {
            if (token is not (ExpositionToken.LabelName or ExpositionToken.QuotedString))
            {
                Fail("expected label name", token);
                return false;
            }

            bool isQuoted = token == ExpositionToken.QuotedString;
            Range name = Unquoted();
            token = NextToken();
            bool isAlone = !isExemplar && token is ExpositionToken.Comma or ExpositionToken.BraceClose;
            if (isAlone && (isQuoted || TGrammar.RequiresCommas))
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

                token = NextToken();
                if (TGrammar.RequiresCommas && token is not (ExpositionToken.Comma or ExpositionToken.BraceClose))
                {
                    Fail("expected comma or brace close", token);
                    return false;
                }
            }

            // One comma too many at the end is fine.
            if (token == ExpositionToken.Comma)
            {
                token = NextToken();
            }
        }

        return true;
    }

    /// <summary>A quoted string alone between the braces is the metric's name.</summary>
    private bool TrySetName(Range name, bool isQuoted, ExpositionToken token)
    {
        if (_name.End.Value != 0)
        {
            Fail($"metric name already set while parsing: {ExpositionError.Quote(_page[_entryStart.._cursor.End])}");
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

        token = NextToken();
        if (token != ExpositionToken.LabelValue)
        {
            Fail("expected label value", token);
            return false;
        }

        int start = _cursor.Start + 1;
        int length = _cursor.End - 1 - start;
        if (!Utf8.IsValid(_page.Slice(start, length)))
        {
            Fail($"invalid UTF-8 label value: {ExpositionError.Quote(_cursor.Token)}");
            return false;
        }

        labels.Add(new LabelSlot(name.Start.Value, name.End.Value - name.Start.Value, start, length));
        return true;
    }

    private readonly Range Unquoted() => _page[_cursor.Start] == '"'
        ? (_cursor.Start + 1)..(_cursor.End - 1)
        : _cursor.Start.._cursor.End;
}
