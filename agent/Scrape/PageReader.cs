using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Reads the pages of one target, whole or in parts. A line that is the one that stood at its place before costs a
/// comparison and the parsing of its number; only others are tokenised, looked up by their text, and when new relabelled
/// and given a number.
/// </summary>
internal sealed class PageReader
{
    /// <summary>What seems wrong this close to the end of a part may only be cut off.</summary>
    private const int MaxCutBytes = 64 << 10;

    /// <summary>So many lines of series that memory has no room for are remembered as such; a page with more fails.</summary>
    private const int MaxLinesLeftOut = 1 << 14;

    private static readonly SampleBatch s_noBatch = new();

    private readonly LineTable _lines;
    private readonly SeriesStates _series;
    private readonly ExemplarFilter _exemplarFilter;
    private readonly SampleLabels _sampleLabels;
    private readonly TargetMetadata _metadata;
    private readonly ScrapeCacheOptions _options;
    private readonly LabelSlots _slots = new();
    private readonly LabelSlots _exemplarSlots = new();
    private readonly ExemplarList _exemplars = new();
    private readonly ClassicHistograms? _classic;
    private ProtobufScratch? _protobuf;
    private ExpositionFormat _format;
    private int _firstLine = -1;

    // State of the page being read; one loop owns the reader, so it lives here and not in a closure.
    private SampleBatch _batch = s_noBatch;
    private PageCounters _counters;
    private int _lastGoodScrape;
    private MetricType _familyType;
    private int _previousLine;
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
        _exemplarFilter = exemplars;
        _sampleLabels = sampleLabels;
        _metadata = metadata;
        _options = options;
        _classic = options.ConvertClassicHistograms ? new ClassicHistograms() : null;
    }

    /// <summary>The number of the scrape, good or failed; the first is 1.</summary>
    public int Scrape { get; private set; }

    public long TimestampMs { get; private set; }

    /// <summary>What fails the page, or null so far.</summary>
    public string? Problem { get; private set; }

    /// <summary>Remembered lines that the page had.</summary>
    public int LinesOfPage => _counters.Lines;

    /// <summary>True when a page left out series for lack of room.</summary>
    public bool LeftOutSeries => _counters.OverSeriesLimit > 0;

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

        Scrape++;
        TimestampMs = timestampMs;
        Problem = null;
        _batch = batch;
        _counters = default;
        _lastGoodScrape = lastGoodScrape;
        _familyType = MetricType.Unknown;
        _previousLine = -1;
        _hasEnded = false;
        _classic?.Clear();
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
        if (Problem is null && _classic is not null)
        {
            Problem = TakeClassic(_classic);
        }

        string? limit = _counters.OverSampleLimit ? "sample limit exceeded"
            : _counters.OverBucketLimit ? "histogram bucket limit exceeded"
            : null;
        return new PageResult
        {
            Scraped = _counters.Scraped,
            AfterRelabel = _counters.AfterRelabel,
            SeriesAdded = _counters.SeriesAdded,
            Duplicates = _counters.Duplicates,
            OutOfBounds = _counters.OutOfBounds,
            OverSeriesLimit = _counters.OverSeriesLimit,
            NotConverted = _counters.NotConverted,
            OverSampleLimit = _counters.OverSampleLimit,
            OverBucketLimit = _counters.OverBucketLimit,
            OverLabelLimits = Problem is not null && _sampleLabels.IsOverLimits,
            Problem = Problem ?? limit,
        };
    }

    /// <summary>Ends a good page: notes for all its series that they were there, and lets go of the batch.</summary>
    public void TrackSeries()
    {
        foreach (int series in _batch.Tracked)
        {
            _series.Track(series, Scrape);
        }

        _batch = s_noBatch;
    }

    /// <summary>Counts a scrape that gave no page, or a bad one; returns its number.</summary>
    public int SkipScrape()
    {
        _batch = s_noBatch;
        return ++Scrape;
    }

    /// <summary>Finds out where the first line will be when those that were last seen before a scrape are removed.</summary>
    public void KeepFirstLine(int seenBefore)
    {
        HasUnusedSeries = false;
        if (_firstLine < 0 || _lines[_firstLine].SeenIn < seenBefore)
        {
            _firstLine = -1;
            return;
        }

        int kept = 0;
        foreach (ref readonly CachedLine line in _lines.Lines[.._firstLine])
        {
            kept += line.SeenIn < seenBefore ? 0 : 1;
        }

        _firstLine = kept;
    }

    /// <summary>The lines are gone.</summary>
    public void ForgetPlaces() => _firstLine = -1;

    private int ReadLines<TGrammar>(ReadOnlySpan<byte> part, bool isLast)
        where TGrammar : struct, IExpositionGrammar<TGrammar>
    {
        ReadOnlySpan<byte> page = isLast ? part : part[..(part.LastIndexOf((byte)'\n') + 1)];
        int position = 0;
        while (true)
        {
            position = _classic is null ? ReadKnownLines(page, position) : position;
            if (position >= page.Length && !isLast)
            {
                return position;
            }

            LineParser<TGrammar> parser = new(page, _slots, _exemplarSlots, position, _familyType);
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

            Problem = TakeEntry(ref parser, entry, page, position);
            position = Math.Min(parser.Position, page.Length);
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
                isWhole ? rest[..(int)length] : rest, _slots, _exemplarSlots, _protobuf, _options.Histograms);
            for (ExpositionEntry entry = parser.Next();
                entry != ExpositionEntry.EndOfPage && Problem is null;
                entry = parser.Next())
            {
                Problem = entry == ExpositionEntry.Histogram
                    ? TakeNative(ref parser)
                    : TakeEntry(ref parser, entry, default, 0);
            }

            position += isWhole ? (int)length : rest.Length;
        }

        return position;
    }

    /// <summary>
    /// The steady state: follows the remembered order as long as the page does, and returns where it stopped. A line
    /// with anything after its value but a timestamp in milliseconds is left to the parser.
    /// </summary>
    private int ReadKnownLines(ReadOnlySpan<byte> page, int position)
    {
        int known = _previousLine < 0 ? _firstLine : _lines[_previousLine].Next;
        Span<CachedLine> lines = _lines.Lines;
        bool hasMilliseconds = _format != ExpositionFormat.OpenMetrics100;
        while ((uint)known < (uint)lines.Length)
        {
            ref CachedLine line = ref lines[known];
            ReadOnlySpan<byte> text = _lines.TextOf(known);
            if (!page[position..].StartsWith(text) || !line.IsUnder(BucketedType(_familyType)))
            {
                break;
            }

            int after = position + text.Length;
            if (line.Series == CachedLine.NoSample)
            {
                if (line.SeenIn < _lastGoodScrape)
                {
                    // It comes back, and what it says counts again.
                    break;
                }

                _familyType = line.SetsFamilyType ? line.FamilyType : _familyType;
                See(ref line);
            }
            else
            {
                after = SampleNumbers.Read(page, after, hasMilliseconds, out double value, out long? ownTimestampMs);
                if (after < 0 || (line.Series == CachedLine.OverSeriesLimit && _series.HasRoom(_options.SeriesLimit)))
                {
                    break;
                }

                TakeSample(ref line, value, ownTimestampMs);
            }

            position = after;
            _previousLine = known;
            known = line.Next;
        }

        return position;
    }

    /// <summary>A line that is not where it was: takes it, and remembers it when it is new. Returns what fails the page.</summary>
    private string? TakeEntry<TParser>(
        ref TParser parser, ExpositionEntry entry, ReadOnlySpan<byte> page, int start)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        if (_classic is not null && _classic.EndsAt(ref parser, entry) && TakeClassic(_classic) is { } broken)
        {
            return broken;
        }

        switch (entry)
        {
            case ExpositionEntry.Error:
                return parser.Error?.Message;
            case ExpositionEntry.Series:
                return TakeSeries(ref parser);
            default:
                TakeMetadata(
                    ref parser, entry, page.IsEmpty ? parser.SeriesText : page[start..Math.Min(parser.Position, page.Length)]);
                return null;
        }
    }

    private string? TakeSeries<TParser>(ref TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        _exemplars.Clear();
        _exemplars.Take(ref parser);
        if (_classic is not null && _classic.TryTake(ref parser, _exemplars) && !_options.Histograms.AlwaysClassic)
        {
            return null;
        }

        int index = FindOrAdd(in parser, out string? problem);
        if (index < 0)
        {
            return problem;
        }

        long? ownTimestampMs = parser.HasTimestamp ? parser.TimestampMs : null;
        TakeSample(ref _lines[index], parser.Value, ownTimestampMs);
        StoreExemplars(in _lines[index], _exemplars, ownTimestampMs, isHistogram: false);
        return null;
    }

    private string? TakeNative(ref ProtobufParser parser)
    {
        if (_classic is not null && _classic.EndsAt(ref parser, ExpositionEntry.Histogram)
            && TakeClassic(_classic) is { } broken)
        {
            return broken;
        }

        _exemplars.Clear();
        _exemplars.Take(ref parser);
        return TakeHistogram(
            in parser, parser.Histogram, _exemplars, parser.HasTimestamp ? parser.TimestampMs : null);
    }

    /// <summary>Takes the histogram that classic series made, when there is one; returns what fails the page.</summary>
    private string? TakeClassic(ClassicHistograms classic)
    {
        string? problem = null;
        if (classic.TryConvert(out bool isBroken))
        {
            GroupedSeries series = classic.Series;
            problem = TakeHistogram(
                in series, classic.Histogram, classic.Exemplars, classic.HasTimestamp ? classic.TimestampMs : null);
        }

        _counters.NotConverted += isBroken ? 1 : 0;
        classic.ClearGroup();
        return problem;
    }

    private string? TakeHistogram<TSeries>(
        ref readonly TSeries series, Histogram histogram, ExemplarList exemplars, long? ownTimestampMs)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        int index = FindOrAdd(in series, out string? problem);
        if (index < 0)
        {
            return problem;
        }

        ref CachedLine line = ref _lines[index];
        if (!HistogramLimits.TryApply(histogram, _options))
        {
            _counters.Scraped++;
            _counters.AfterRelabel += line.Series >= 0 ? 1 : 0;
            _counters.OverBucketLimit |= line.Series >= 0;
            See(ref line);
            return null;
        }

        if (TryAdmit(ref line, ownTimestampMs, out long timestampMs))
        {
            _batch.Add(_series[line.Series].Ref, timestampMs, histogram);
            StoreExemplars(in line, exemplars, ownTimestampMs, isHistogram: true);
        }

        return null;
    }

    /// <summary>The line of a series, where it was or wherever it is now; a new one is relabelled and remembered.</summary>
    private int FindOrAdd<TSeries>(ref readonly TSeries series, out string? problem)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        ReadOnlySpan<byte> text = series.SeriesText;
        problem = null;
        if (text.Length > CachedLine.MaxLength)
        {
            problem = $"a series' name and labels are longer than {CachedLine.MaxLength} bytes";
            return -1;
        }

        bool needsType = HasBoundLabel(in series);
        MetricType type = BucketedType(series.FamilyType);
        int index = Find(text, type);
        if (index < 0 || (_lines[index].Series == CachedLine.OverSeriesLimit && _series.HasRoom(_options.SeriesLimit)))
        {
            Labels? labels = _sampleLabels.Make(in series, out problem);
            if (problem is not null)
            {
                _counters.Scraped++;
                return -1;
            }

            if (index < 0 && _counters.OverSeriesLimit > MaxLinesLeftOut && !_series.HasRoom(0))
            {
                problem = $"memory is full, and the page has more than {MaxLinesLeftOut} series that are not there yet";
                return -1;
            }

            index = index < 0 ? _lines.Add(text) : index;
            _lines[index].Series = MarkOf(labels);
            _lines[index].SeenIn = 0;
            _lines[index].NeedsFamilyType = needsType;
            _lines[index].FamilyType = type;
        }

        Follow(index);
        return index;
    }

    private int MarkOf(Labels? labels)
    {
        if (labels is null)
        {
            return _sampleLabels.DroppedBy < 0 ? CachedLine.NoLabels : CachedLine.DroppedBy(_sampleLabels.DroppedBy);
        }

        int state = _series.AddLine(labels, _options.SeriesLimit);
        return state < 0 ? CachedLine.OverSeriesLimit : state;
    }

    private static bool HasBoundLabel<TSeries>(ref readonly TSeries series)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        foreach (ref readonly LabelSlot slot in series.Labels.Slots)
        {
            ReadOnlySpan<byte> name = series.Page.Slice(slot.NameStart, slot.NameLength);
            if (name.SequenceEqual("le"u8) || name.SequenceEqual("quantile"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The types that change how bounds and quantiles are written; all others are one.</summary>
    private static MetricType BucketedType(MetricType type) =>
        type is MetricType.Histogram or MetricType.Summary ? type : MetricType.Unknown;

    private void TakeMetadata<TParser>(ref TParser parser, ExpositionEntry entry, ReadOnlySpan<byte> text)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        _familyType = parser.FamilyType;
        if (text.Length > CachedLine.MaxLength)
        {
            return;
        }

        int index = Find(text, MetricType.Unknown);
        bool isNew = index < 0;
        if (isNew)
        {
            index = _lines.Add(text);
        }

        if (isNew || _lines[index].SeenIn < _lastGoodScrape)
        {
            // Also what comes back: another line may have said something else of the family meanwhile.
            _metadata.Take(ref parser, entry, _format is ExpositionFormat.OpenMetrics100 or ExpositionFormat.Protobuf);
        }

        ref CachedLine line = ref _lines[index];
        See(ref line);
        line.SetsFamilyType = entry == ExpositionEntry.Type;
        line.FamilyType = parser.FamilyType;
        Follow(index);
    }

    /// <summary>The line at its place is tried first, then all.</summary>
    private int Find(ReadOnlySpan<byte> text, MetricType type)
    {
        int guess = _previousLine < 0 ? _firstLine : _lines[_previousLine].Next;
        return guess >= 0 && _lines.Is(guess, text, type) ? guess : _lines.Find(text, type);
    }

    /// <summary>Remembers that this line stood below the one before.</summary>
    private void Follow(int index)
    {
        if (_previousLine < 0)
        {
            _firstLine = index;
        }
        else
        {
            _lines[_previousLine].Next = index;
        }

        _previousLine = index;
    }

    private void See(ref CachedLine line)
    {
        _counters.Lines += line.SeenIn == Scrape ? 0 : 1;
        line.SeenIn = Scrape;
    }

    private void TakeSample(ref CachedLine line, double value, long? ownTimestampMs)
    {
        if (TryAdmit(ref line, ownTimestampMs, out long timestampMs))
        {
            _batch.Add(_series[line.Series].Ref, timestampMs, value);
        }
    }

    /// <summary>Counts a sample of whatever kind, and says whether it is to be stored and at which time.</summary>
    private bool TryAdmit(ref CachedLine line, long? ownTimestampMs, out long timestampMs)
    {
        ref PageCounters counters = ref _counters;
        counters.Scraped++;
        bool isNew = line.SeenIn == 0 || line.SeenIn < _lastGoodScrape;
        See(ref line);
        timestampMs = TimestampMs;
        if (line.Series < 0)
        {
            counters.AfterRelabel += line.Series == CachedLine.OverSeriesLimit ? 1 : 0;
            counters.OverSeriesLimit += line.Series == CachedLine.OverSeriesLimit ? 1 : 0;
            return false;
        }

        counters.AfterRelabel++;
        ref SeriesState state = ref _series[line.Series];
        bool hasOwnTime = ownTimestampMs is not null && _options.HonorTimestamps;
        timestampMs = hasOwnTime ? ownTimestampMs.GetValueOrDefault() : TimestampMs;
        if (state.SeenIn == Scrape && !hasOwnTime)
        {
            counters.Duplicates++;
            return false;
        }

        if (timestampMs > TimestampMs + _options.MaxFutureMs)
        {
            counters.OutOfBounds++;
            return false;
        }

        counters.Stored++;
        if (_options.SampleLimit > 0 && counters.Stored > _options.SampleLimit)
        {
            counters.OverSampleLimit = true;
            return false;
        }

        state.SeenIn = Scrape;
        counters.SeriesAdded += isNew ? 1 : 0;
        if (!hasOwnTime || _options.TrackTimestampsStaleness)
        {
            _batch.Track(line.Series);
        }

        return true;
    }

    private void StoreExemplars(in CachedLine line, ExemplarList exemplars, long? ownTimestampMs, bool isHistogram)
    {
        if (line.Series >= 0 && !exemplars.Items.IsEmpty && !_counters.OverSampleLimit)
        {
            long timestampMs = _options.HonorTimestamps ? ownTimestampMs ?? TimestampMs : TimestampMs;
            _exemplarFilter.Store(_series[line.Series].Ref, exemplars, isHistogram, timestampMs, _batch);
        }
    }

    /// <summary>Another format writes the same series differently; their states stay.</summary>
    private void ForgetLines()
    {
        foreach (ref SeriesState state in _series.States)
        {
            state.Lines = 0;
        }

        _lines.Clear();
        _firstLine = -1;
        HasUnusedSeries = true;
    }
}
