using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Reads the pages of one target, whole or in parts. A line that is the one that stood at its place before costs a
/// comparison and the parsing of its number (<see cref="LineOrder"/>); only others are tokenised (<see cref="PageEntries"/>),
/// looked up by their text, and when new relabelled and given a number (<see cref="SeriesLines"/>).
/// </summary>
internal sealed class PageReader
{
    /// <summary>What seems wrong this close to the end of a part may only be cut off.</summary>
    private const int MaxCutBytes = 64 << 10;

    private readonly LineTable _lines;
    private readonly SeriesStates _series;
    private readonly SampleIntake _samples;
    private readonly LineOrder _order;
    private readonly SeriesLines _seriesLines;
    private readonly PageEntries _entries;
    private readonly HistogramForms _histograms;
    private readonly ScrapeTimes? _times;
    private readonly LabelSlots _slots = new();
    private readonly LabelSlots _exemplarSlots = new();
    private ProtobufScratch? _protobuf;
    private ExpositionFormat _format;
    private bool _hasEnded;

    public PageReader(
        LineTable lines,
        SeriesStates series,
        ExemplarFilter exemplars,
        SampleLabels sampleLabels,
        TargetMetadata metadata,
        ScrapeCacheOptions options)
    {
        _lines = lines;
        _series = series;
        _times = options.CreatedAfterMs is { } after ? new ScrapeTimes(after) : null;
        _samples = new SampleIntake(series, exemplars, options, _times);
        _order = new LineOrder(lines, series, _samples, options.SeriesLimit);
        _seriesLines = new SeriesLines(lines, _order, series, sampleLabels, _samples, options.SeriesLimit);
        _entries = new PageEntries(
            lines, _order, _seriesLines, _samples, metadata, options, _times is null ? null : new StartSamples(series, _times));
        _histograms = options.Histograms;
    }

    /// <summary>The number of the scrape, good or failed; the first is 1.</summary>
    public int Scrape => _samples.Scrape;

    public long TimestampMs => _samples.TimestampMs;

    /// <summary>What fails the page, or null so far.</summary>
    public string? Problem { get; private set; }

    /// <summary>Remembered lines that the page had.</summary>
    public int LinesOfPage => _samples.Counters.Lines;

    /// <summary>True when a page left out series for lack of room.</summary>
    public bool LeftOutSeries => _samples.Counters.OverSeriesLimit > 0;

    /// <summary>True when series may be left that no line leads to.</summary>
    public bool HasUnusedSeries { get; private set; }

    /// <summary>Begins a page. The batch gets its samples.</summary>
    public void Begin(ExpositionFormat format, long timestampMs, int lastGoodScrape, SampleBatch batch)
    {
        if (format != _format)
        {
            ForgetLines();
            _format = format;
        }

        Problem = null;
        _hasEnded = false;
        _samples.Begin(timestampMs, lastGoodScrape, batch);
        _order.Begin();
        _entries.Begin(format, batch);
    }

    /// <summary>Reads what is whole of a part; returns how much of it that was.</summary>
    public int ReadPart(ReadOnlySpan<byte> part, bool isLast)
    {
        switch (_format)
        {
            case ExpositionFormat.Protobuf:
                return ReadFamilies(part, isLast);
            case ExpositionFormat.OpenMetrics100 when _hasEnded:
                Problem = part.IsEmpty ? null : "unexpected data after # EOF";
                return part.Length;
            case ExpositionFormat.OpenMetrics100:
                return ReadLines<OpenMetricsGrammar>(part, isLast);
            default:
                return ReadLines<TextGrammar>(part, isLast);
        }
    }

    /// <summary>Ends the page and says what it gave.</summary>
    public PageResult End()
    {
        Problem ??= _entries.End();
        return _samples.Counters.ToResult(Problem, _seriesLines.IsOverLabelLimits);
    }

    /// <summary>Ends a good page: notes for all its series that they were there, and lets go of the batch.</summary>
    public void TrackSeries() => _samples.TrackSeries();

    /// <summary>Counts a scrape that gave no page, or a bad one; returns its number.</summary>
    public int SkipScrape(long timestampMs) => _samples.SkipScrape(timestampMs);

    /// <summary>Series are about to be forgotten whose last samples are no newer than this.</summary>
    public void ForgetTimes(long timestampMs) => _times?.Forget(timestampMs);

    /// <summary>Keeps only lines seen in or after a scrape, in the order of the page.</summary>
    public void KeepLines(int seenSince)
    {
        HasUnusedSeries = false;
        _order.Rearrange(seenSince);
    }

    /// <summary>The lines are gone.</summary>
    public void ForgetPlaces() => _order.Forget();

    private int ReadLines<TGrammar>(ReadOnlySpan<byte> part, bool isLast)
        where TGrammar : struct, IExpositionGrammar<TGrammar>
    {
        ReadOnlySpan<byte> page = isLast ? part : part[..(part.LastIndexOf((byte)'\n') + 1)];
        bool hasMilliseconds = _format != ExpositionFormat.OpenMetrics100;
        int position = 0;
        while (true)
        {
            position = _entries.GroupsSeries ? position : _order.ReadKnown(page, position, hasMilliseconds);
            if (position >= page.Length && !isLast)
            {
                return position;
            }

            LineParser<TGrammar> parser = new(page, _slots, _exemplarSlots, position, _order.FamilyType);
            ExpositionEntry entry = parser.Next();
            if (entry == ExpositionEntry.EndOfPage)
            {
                _hasEnded = true;
                return page.Length;
            }

            if (entry == ExpositionEntry.Error && !isLast && page.Length - position < MaxCutBytes)
            {
                // A quoted string may hold a line break, and then the end of the part cut it: more has to be seen.
                return position;
            }

            int end = Math.Min(parser.Position, page.Length);
            Problem = _entries.Take(ref parser, entry, page[position..end]);
            position = end;
            if (Problem is not null)
            {
                return position;
            }
        }
    }

    private int ReadFamilies(ReadOnlySpan<byte> part, bool isLast)
    {
        _protobuf ??= new ProtobufScratch();
        int position = 0;
        while (position < part.Length && Problem is null)
        {
            ReadOnlySpan<byte> rest = part[position..];
            long length = ProtobufParser.MessageLength(rest);
            bool isWhole = length > 0 && length <= rest.Length;
            if (!isWhole && !isLast && length >= 0)
            {
                return position;
            }

            ProtobufParser parser = new(
                isWhole ? rest[..(int)length] : rest, _slots, _exemplarSlots, _protobuf, _histograms);
            for (ExpositionEntry entry = parser.Next();
                entry != ExpositionEntry.EndOfPage && Problem is null;
                entry = parser.Next())
            {
                Problem = entry == ExpositionEntry.Histogram
                    ? _entries.TakeNative(ref parser)
                    : _entries.Take(ref parser, entry, parser.SeriesText);
            }

            position += isWhole ? (int)length : rest.Length;
        }

        return position;
    }

    /// <summary>Another format writes the same series differently; their states stay.</summary>
    private void ForgetLines()
    {
        foreach (ref SeriesState state in _series.States)
        {
            state.Lines = 0;
        }

        _lines.Clear();
        _order.Forget();
        HasUnusedSeries = !_series.States.IsEmpty;
    }
}
