using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Takes the entries that a parser finds on a page, one by one: series, what is said of families, native histograms, and
/// classic ones that become native.
/// </summary>
internal sealed class PageEntries
{
    private readonly LineTable _lines;
    private readonly LineOrder _order;
    private readonly SeriesLines _seriesLines;
    private readonly SampleIntake _samples;
    private readonly TargetMetadata _metadata;
    private readonly ExemplarList _exemplars = new();
    private readonly ClassicHistograms? _classic;
    private readonly bool _keepsClassic;
    private readonly StartSamples? _starts;
    private bool _isOpenMetrics;
    private bool _hasCreatedLines;

    public PageEntries(
        LineTable lines,
        LineOrder order,
        SeriesLines seriesLines,
        SampleIntake samples,
        TargetMetadata metadata,
        ScrapeCacheOptions options,
        StartSamples? starts)
    {
        _lines = lines;
        _order = order;
        _seriesLines = seriesLines;
        _samples = samples;
        _metadata = metadata;
        _classic = options.ConvertClassicHistograms ? new ClassicHistograms() : null;
        _keepsClassic = options.Histograms.AlwaysClassic;
        _starts = starts;
    }

    /// <summary>True when every series must come through here, because it may be one of a group.</summary>
    public bool GroupsSeries => _classic is not null || _starts is not null;

    /// <summary>Begins a page.</summary>
    public void Begin(ExpositionFormat format, SampleBatch batch)
    {
        _classic?.Clear();
        _starts?.Begin(batch);
        _hasCreatedLines = format == ExpositionFormat.OpenMetrics100;
        _isOpenMetrics = format is ExpositionFormat.OpenMetrics100 or ExpositionFormat.Protobuf;
    }

    /// <summary>
    /// Takes an entry that is not the line expected here, and remembers it when it is new. Returns what fails the page.
    /// </summary>
    /// <param name="parser">Stands behind the entry.</param>
    /// <param name="entry">What the parser found.</param>
    /// <param name="text">The whole of a line that is no sample; of anything else it does not matter.</param>
    public string? Take<TParser>(ref TParser parser, ExpositionEntry entry, ReadOnlySpan<byte> text)
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
                _starts?.TakeMetadata(in parser, entry);
                TakeMetadata(ref parser, entry, text);
                return null;
        }
    }

    /// <summary>Takes a native histogram; returns what fails the page.</summary>
    public string? TakeNative(ref ProtobufParser parser)
    {
        if (_classic is not null && _classic.EndsAt(ref parser, ExpositionEntry.Histogram)
            && TakeClassic(_classic) is { } broken)
        {
            return broken;
        }

        _exemplars.Clear();
        _exemplars.Take(ref parser);
        return TakeHistogram(
            in parser, parser.Histogram, _exemplars, parser.HasTimestamp ? parser.TimestampMs : null, parser.StartTimestampMs);
    }

    /// <summary>Ends the page: what was grouped last is whole now. Returns what fails the page.</summary>
    public string? End() => _classic is null ? null : TakeClassic(_classic);

    private string? TakeSeries<TParser>(ref TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        if (_starts is not null && _hasCreatedLines && CreatedGroups.IsCreated(in parser))
        {
            _starts.TakeCreated(in parser);
            return null;
        }

        _starts?.Next(in parser, _hasCreatedLines);
        _exemplars.Clear();
        _exemplars.Take(ref parser);
        if (_classic is not null && _classic.TryTake(ref parser, _exemplars))
        {
            _starts?.TookPart();
            if (!_keepsClassic)
            {
                return null;
            }
        }

        int index = _seriesLines.FindOrAdd(in parser, out string? problem);
        if (index < 0)
        {
            return problem;
        }

        long? ownTimestampMs = parser.HasTimestamp ? parser.TimestampMs : null;
        ref CachedLine line = ref _lines[index];
        _starts?.Before(in line, _samples.Scrape);
        if (_samples.Take(ref line, parser.Value, ownTimestampMs))
        {
            _starts?.Took(in line, _samples.TimeOf(ownTimestampMs));
        }

        _samples.Take(in line, _exemplars, ownTimestampMs, isHistogram: false);
        return null;
    }

    /// <summary>Takes the histogram that classic series made, when there is one; returns what fails the page.</summary>
    private string? TakeClassic(ClassicHistograms classic)
    {
        string? problem = null;
        if (classic.TryConvert(out bool isBroken))
        {
            GroupedSeries series = classic.Series;
            problem = TakeHistogram(
                in series, classic.Histogram, classic.Exemplars, classic.HasTimestamp ? classic.TimestampMs : null,
                _starts?.OfHistogramMs ?? 0);
        }

        _samples.Counters.NotConverted += isBroken ? 1 : 0;
        classic.ClearGroup();
        return problem;
    }

    private string? TakeHistogram<TSeries>(
        ref readonly TSeries series, Histogram histogram, ExemplarList exemplars, long? ownTimestampMs, long createdMs)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        int index = _seriesLines.FindOrAdd(in series, out string? problem);
        if (index < 0)
        {
            return problem;
        }

        ref CachedLine line = ref _lines[index];
        _starts?.Before(in line, _samples.Scrape);
        if (_samples.TryTake(ref line, histogram, ownTimestampMs))
        {
            _starts?.Took(histogram, in line, _samples.TimeOf(ownTimestampMs), createdMs);
            _samples.Take(in line, exemplars, ownTimestampMs, isHistogram: true);
        }

        return null;
    }

    private void TakeMetadata<TParser>(ref TParser parser, ExpositionEntry entry, ReadOnlySpan<byte> text)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        _order.FamilyType = parser.FamilyType;
        if (text.Length > CachedLine.MaxLength)
        {
            return;
        }

        int index = _order.Find(text, MetricType.Unknown);
        bool isNew = index < 0;
        if (isNew)
        {
            index = _lines.Add(text);
        }

        ref CachedLine line = ref _lines[index];
        if (isNew || line.SeenIn < _samples.LastGoodScrape)
        {
            // Also what comes back: another line may have said something else of the family meanwhile.
            _metadata.Take(ref parser, entry, _isOpenMetrics);
        }

        _samples.See(ref line);
        line.SetsFamilyType = entry == ExpositionEntry.Type;
        line.FamilyType = parser.FamilyType;
        _order.Follow(index);
    }
}
