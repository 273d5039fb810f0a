using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// What is known of one target's lines and series from scrape to scrape: which line stood where, which series it is, and
/// which series are alive. <see cref="PageReader"/> reads pages with its help.
/// </summary>
/// <remarks>docs/decisions/0001-line-cache.md. Not thread-safe: a loop owns its cache.</remarks>
internal sealed class ScrapeCache
{
    /// <summary>Lines that are gone are kept, for they may come back, until there are this many of them.</summary>
    private const int MinUnseenLines = 64;

    /// <summary>A page that fails may leave so many lines that were never seen before; a longer tail is forgotten.</summary>
    private const int MaxLinesOfFailure = 1 << 16;

    private readonly LineTable _lines = new();
    private readonly SeriesStates _series;
    private readonly ExemplarFilter _exemplars = new();
    private readonly TargetMetadata _metadata;
    private readonly PageReader _reader;
    private int _lastGoodScrape;
    private int _linesBefore;
    private long _lastMs = long.MinValue;
    private bool _isReading;

    /// <summary>The next good page says again what its families are.</summary>
    private bool _expectsMetadata;

    public ScrapeCache(
        ISampleStore store, SampleLabels sampleLabels, TargetMetadata metadata, ScrapeCacheOptions options)
    {
        _series = new SeriesStates(store);
        _metadata = metadata;
        _reader = new PageReader(_lines, _series, _exemplars, sampleLabels, metadata, options);
    }

    /// <summary>The number of lines remembered.</summary>
    public int Lines => _lines.Count;

    /// <summary>How many lines of the page in hand are not remembered where the page has them; until <see cref="ForgetUnseen"/>.</summary>
    public int Strays => _lines.Strays;

    /// <summary>
    /// Reads a page that is all there; see <see cref="Begin"/>. After a good one call <see cref="Commit"/>; after a bad
    /// one, or when there was no page at all, clear the batch and call <see cref="CommitFailure"/>. When the batch is
    /// stored, <see cref="ForgetUnseen"/>.
    /// </summary>
    public PageResult Read(ReadOnlySpan<byte> page, ExpositionFormat format, long timestampMs, SampleBatch batch)
    {
        Begin(format, timestampMs, batch);
        ReadPart(page, isLast: true);
        return End();
    }

    /// <summary>Begins a page that comes in parts.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="timestampMs">The time of samples without one of their own.</param>
    /// <param name="batch">Gets the samples.</param>
    public void Begin(ExpositionFormat format, long timestampMs, SampleBatch batch)
    {
        _linesBefore = _lines.Count;
        _isReading = true;
        _reader.Begin(format, timestampMs, _lastGoodScrape, batch);
    }

    /// <summary>
    /// Reads what is whole of a part and returns how many bytes that were; the rest comes again before the next part.
    /// The last part of Prometheus text must end with a line break. Once <see cref="HasFailed"/>, more makes no sense.
    /// </summary>
    public int ReadPart(ReadOnlySpan<byte> part, bool isLast) => _reader.ReadPart(part, isLast);

    /// <summary>True when what was read so far fails the page.</summary>
    public bool HasFailed => _reader.Problem is not null;

    /// <summary>Ends the page.</summary>
    public PageResult End() => _reader.End();

    /// <summary>Ends a good scrape: what is gone gets a staleness marker in the batch.</summary>
    public void Commit(SampleBatch batch)
    {
        int scrape = _reader.Scrape;
        _reader.TrackSeries();
        _series.Commit(scrape, _reader.TimestampMs, batch);
        _lastGoodScrape = scrape;
        _lastMs = _reader.TimestampMs;
        if (_expectsMetadata)
        {
            _expectsMetadata = false;
            _metadata.ForgetUnsaid();
        }

        _linesBefore = _lines.Count;
        _isReading = false;
    }

    /// <summary>Ends a failed scrape: every living series gets a staleness marker. The lines stay known.</summary>
    public void CommitFailure(long timestampMs, SampleBatch batch)
    {
        _series.Commit(_reader.SkipScrape(timestampMs), timestampMs, batch);
        _lastMs = timestampMs;
        _exemplars.Clear();
        _isReading = false;
    }

    /// <summary>
    /// Gives up lines that the last good page did not have, once there are many, and those that only a failed page had.
    /// Their series are released, so this comes after the batch with their markers was stored.
    /// </summary>
    /// <returns>True when a failed page had left too many.</returns>
    public bool ForgetUnseen()
    {
        bool isGood = _reader.Scrape == _lastGoodScrape;
        bool isForced = !isGood && _lines.Count - _linesBefore > MaxLinesOfFailure;
        int unseen = _lines.Count - _reader.LinesOfPage;
        if (isGood && (_reader.HasUnusedSeries || unseen > AllowedUnseen()))
        {
            Forget(_lastGoodScrape);
        }
        else if (isForced)
        {
            foreach (ref CachedLine line in _lines.Lines[_linesBefore..])
            {
                line.SeenIn = -1;
            }

            Forget(0);
        }
        else if (isGood && _lines.IsOutOfOrder)
        {
            _reader.KeepLines(int.MinValue);
        }

        _lines.Settle();
        _series.Settle();
        return isForced;
    }

    /// <summary>Shows the series of the last good page, and its samples that rules dropped.</summary>
    public void Visit(ISeriesVisitor visitor)
    {
        int shown = _isReading ? _lastGoodScrape : _reader.Scrape;
        foreach (ref readonly SeriesState state in _series.States)
        {
            if (state.SeenIn >= shown)
            {
                visitor.Stored(state.Ref);
            }
        }

        foreach (ref readonly CachedLine line in _lines.Lines)
        {
            if (line.SeenIn >= shown && line.IsDropped(out int rule))
            {
                visitor.Dropped(rule);
            }
        }
    }

    /// <summary>Gives the series back to the store, after the last batch was stored.</summary>
    public void Release()
    {
        _reader.ForgetPlaces();
        _reader.ForgetTimes(_lastMs);
        _lines.Clear();
        _series.Clear();
        _exemplars.Clear();
        _isReading = false;
    }

    /// <summary>Where series are kept out for lack of room, those that are gone make room at once.</summary>
    private int AllowedUnseen() =>
        _reader.LeftOutSeries ? 0 : Math.Max(MinUnseenLines, _lines.Count / 4);

    private void Forget(int seenBefore)
    {
        foreach (ref readonly CachedLine line in _lines.Lines)
        {
            if (line.SeenIn < seenBefore && line.Series >= 0)
            {
                _series[line.Series].Lines--;
            }
        }

        _reader.ForgetTimes(_lastMs);
        _reader.KeepLines(seenBefore);
        ExpectMetadata();
        _series.RemoveUnused(_lines, _exemplars);
        _linesBefore = _lines.Count;
    }

    /// <summary>Who speaks of families that are gone is not told from who speaks of others: the next page tells.</summary>
    private void ExpectMetadata()
    {
        foreach (ref CachedLine line in _lines.Lines)
        {
            line.SeenIn = line.Series == CachedLine.NoSample ? -1 : line.SeenIn;
        }

        _metadata.ExpectAgain();
        _expectsMetadata = true;
    }
}
