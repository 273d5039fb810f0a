using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Reads the pages of one target. It remembers the bytes of every line in order: a line that equals the remembered one
/// at its place costs a comparison and the parsing of its number; only others are tokenised, looked up by their bytes,
/// and when new relabelled and given a number.
/// </summary>
/// <remarks>docs/decisions/0001-line-cache.md. Not thread-safe: a loop owns its cache.</remarks>
internal sealed class ScrapeCache
{
    /// <summary>Lines that are gone are kept, for they may come back, until there are this many of them.</summary>
    private const int MinUnseenLines = 64;

    private readonly LineTable _lines = new();
    private readonly SeriesStates _series;
    private readonly SampleLabels _sampleLabels;
    private readonly TargetMetadata _metadata;
    private readonly ScrapeCacheOptions _options;
    private readonly LabelSlots _slots = new();
    private readonly LabelSlots _exemplarSlots = new();
    private readonly List<int> _tracked = [];
    private ExpositionFormat _format;
    private int _firstLine = -1;
    private int _scrape;
    private int _lastGoodScrape;
    private bool _hasUnusedSeries;

    // State of the page being read; one loop owns the cache, so it lives here and not in a closure.
    private PageCounters _counters;
    private long _timestampMs;
    private MetricType _familyType;
    private int _previousLine;

    public ScrapeCache(
        ISampleStore store, SampleLabels sampleLabels, TargetMetadata metadata, ScrapeCacheOptions options)
    {
        _series = new SeriesStates(store);
        _sampleLabels = sampleLabels;
        _metadata = metadata;
        _options = options;
    }

    /// <summary>The number of lines remembered.</summary>
    public int Lines => _lines.Count;

    /// <summary>
    /// Reads a page into the batch. After a good one call <see cref="Commit"/>; after a bad one, or when there was no
    /// page at all, clear the batch and call <see cref="CommitFailure"/>. When the batch is stored, <see cref="ForgetUnseen"/>.
    /// </summary>
    /// <param name="page">The page; Prometheus text must end with a line break.</param>
    /// <param name="format">Text or OpenMetrics.</param>
    /// <param name="timestampMs">The time of samples without one of their own.</param>
    /// <param name="batch">Gets the samples.</param>
    public PageResult Read(ReadOnlySpan<byte> page, ExpositionFormat format, long timestampMs, SampleBatch batch)
    {
        if (format != _format)
        {
            ForgetLines();
            _format = format;
        }

        _scrape++;
        _tracked.Clear();
        _counters = default;
        _timestampMs = timestampMs;
        _familyType = MetricType.Unknown;
        _previousLine = -1;
        string? problem = format == ExpositionFormat.OpenMetrics100
            ? ReadLines<OpenMetricsGrammar>(page, batch)
            : ReadLines<TextGrammar>(page, batch);
        return new PageResult
        {
            Scraped = _counters.Scraped,
            AfterRelabel = _counters.AfterRelabel,
            SeriesAdded = _counters.SeriesAdded,
            Duplicates = _counters.Duplicates,
            OutOfBounds = _counters.OutOfBounds,
            OverSampleLimit = _counters.OverSampleLimit,
            Problem = problem ?? (_counters.OverSampleLimit ? "sample limit exceeded" : null),
        };
    }

    /// <summary>Ends a good scrape: what is gone gets a staleness marker in the batch.</summary>
    public void Commit(SampleBatch batch)
    {
        foreach (int series in _tracked)
        {
            _series.Track(series, _scrape);
        }

        _series.Commit(_scrape, _timestampMs, batch);
        _lastGoodScrape = _scrape;
    }

    /// <summary>Ends a failed scrape: every living series gets a staleness marker. The lines stay known.</summary>
    public void CommitFailure(long timestampMs, SampleBatch batch)
    {
        _scrape++;
        _series.Commit(_scrape, timestampMs, batch);
    }

    /// <summary>
    /// Gives up lines that the last good page did not have, once there are many. Their series are released, so this
    /// comes after the batch with their markers was stored.
    /// </summary>
    public void ForgetUnseen()
    {
        bool isGood = _scrape == _lastGoodScrape;
        int unseen = _lines.Count - _counters.Lines;
        if (!isGood || (!_hasUnusedSeries && unseen <= Math.Max(MinUnseenLines, _lines.Count / 4)))
        {
            return;
        }

        _hasUnusedSeries = false;

        foreach (ref readonly CachedLine line in _lines.Lines)
        {
            if (line.SeenIn < _lastGoodScrape && line.Series >= 0)
            {
                _series[line.Series].Lines--;
            }
        }

        // The first line of the last page was seen in it, so it stays; only its index may change.
        int firstKept = 0;
        for (int index = 0; index < _firstLine; index++)
        {
            firstKept += _lines[index].SeenIn < _lastGoodScrape ? 0 : 1;
        }

        _lines.RemoveUnseenSince(_lastGoodScrape);
        _firstLine = _lines.Count == 0 ? -1 : firstKept;
        _series.RemoveUnused(_lines);
    }

    /// <summary>Shows the series of the last good page, and its samples that rules dropped.</summary>
    public void Visit(ISeriesVisitor visitor)
    {
        foreach (ref readonly SeriesState state in _series.States)
        {
            if (state.SeenIn == _scrape)
            {
                visitor.Stored(state.Ref);
            }
        }

        foreach (ref readonly CachedLine line in _lines.Lines)
        {
            if (line.SeenIn == _scrape && line.IsDropped(out int rule))
            {
                visitor.Dropped(rule);
            }
        }
    }

    /// <summary>Series of the last good page as the target wrote them, those that hold <paramref name="part"/>.</summary>
    public void CopySeriesTexts(string part, int limit, List<string> target)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(part);
        foreach (ref readonly CachedLine line in _lines.Lines)
        {
            if (target.Count == limit)
            {
                return;
            }

            bool isSeries = line.Series != CachedLine.NoSample && line.SeenIn == _scrape;
            if (isSeries && _lines.BytesOf(in line).IndexOf(wanted) >= 0)
            {
                target.Add(Encoding.UTF8.GetString(_lines.BytesOf(in line)));
            }
        }
    }

    /// <summary>Gives the series back to the store, after the last batch was stored.</summary>
    public void Release()
    {
        _lines.Clear();
        _firstLine = -1;
        _series.Clear();
    }

    private string? ReadLines<TGrammar>(ReadOnlySpan<byte> page, SampleBatch batch)
        where TGrammar : struct, IExpositionGrammar<TGrammar>
    {
        int position = 0;
        while (true)
        {
            position = ReadKnownLines(page, position, batch);
            LineParser<TGrammar> parser = new(page, _slots, _exemplarSlots, position, _familyType);
            ExpositionEntry entry = parser.Next();
            if (entry == ExpositionEntry.EndOfPage)
            {
                return null;
            }

            if (TakeEntry(ref parser, entry, position, batch) is { } problem)
            {
                return problem;
            }

            position = parser.Position;
        }
    }

    /// <summary>
    /// The steady state: follows the remembered order as long as the page does, and returns where it stopped. A line
    /// with anything after its value but a timestamp in milliseconds is left to the parser.
    /// </summary>
    private int ReadKnownLines(ReadOnlySpan<byte> page, int position, SampleBatch batch)
    {
        int known = _previousLine < 0 ? _firstLine : _lines[_previousLine].Next;
        Span<CachedLine> lines = _lines.Lines;
        ReadOnlySpan<byte> arena = _lines.Arena;
        bool isText = _format != ExpositionFormat.OpenMetrics100;
        while ((uint)known < (uint)lines.Length)
        {
            ref CachedLine line = ref lines[known];
            ReadOnlySpan<byte> rest = page[position..];
            if (!rest.StartsWith(arena.Slice(line.Start, line.Length))
                || (line.NeedsFamilyType && line.FamilyType != BucketedType(_familyType)))
            {
                break;
            }

            int after = position + line.Length;
            if (line.Series == CachedLine.NoSample)
            {
                _familyType = line.SetsFamilyType ? line.FamilyType : _familyType;
                See(ref line);
            }
            else
            {
                after = ReadNumbers(page, after, isText, out double value, out long? ownTimestampMs);
                if (after < 0)
                {
                    break;
                }

                TakeSample(ref line, value, ownTimestampMs, batch);
            }

            position = after;
            _previousLine = known;
            known = line.Next;
        }

        return position;
    }

    /// <summary>Reads <c> value\n</c> or <c> value timestamp\n</c> and returns the position after it, or -1.</summary>
    private static int ReadNumbers(
        ReadOnlySpan<byte> page, int position, bool isText, out double value, out long? timestampMs)
    {
        timestampMs = null;
        value = 0;
        if ((uint)position >= (uint)page.Length || page[position] != ' ')
        {
            return -1;
        }

        position++;
        int length = FloatParser.ParsePrefix(page[position..], out value);
        position += length;
        if (length == 0 || (uint)position >= (uint)page.Length)
        {
            return -1;
        }

        if (page[position] == '\n')
        {
            return position + 1;
        }

        if (!isText || page[position] != ' '
            || !System.Buffers.Text.Utf8Parser.TryParse(page[(position + 1)..], out ulong own, out length)
            || own > long.MaxValue)
        {
            return -1;
        }

        position += 1 + length;
        timestampMs = (long)own;
        return (uint)position < (uint)page.Length && page[position] == '\n' ? position + 1 : -1;
    }

    /// <summary>A line that is not where it was: takes it, and remembers it when it is new. Returns what fails the page.</summary>
    private string? TakeEntry<TParser>(ref TParser parser, ExpositionEntry entry, int start, SampleBatch batch)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        switch (entry)
        {
            case ExpositionEntry.Error:
                return parser.Error?.Message;
            case ExpositionEntry.Series:
                return TakeSeries(ref parser, batch);
            default:
                TakeMetadata(ref parser, entry, start);
                return null;
        }
    }

    private string? TakeSeries<TParser>(ref TParser parser, SampleBatch batch)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        ReadOnlySpan<byte> bytes = parser.SeriesText;
        bool needsType = HasBoundLabel(ref parser);
        MetricType type = BucketedType(parser.FamilyType);
        ulong hash = XxHash64.Hash(bytes, needsType ? (ulong)type : 0);
        int index = _lines.Find(bytes, hash);
        if (index < 0)
        {
            Labels? labels = _sampleLabels.Make(in parser, out string? problem);
            if (problem is not null)
            {
                _counters.Scraped++;
                return problem;
            }

            index = _lines.Add(bytes, hash);
            _lines[index].Series = labels is not null
                ? _series.AddLine(labels)
                : _sampleLabels.DroppedBy < 0 ? CachedLine.NoLabels : CachedLine.DroppedBy(_sampleLabels.DroppedBy);
            _lines[index].NeedsFamilyType = needsType;
            _lines[index].FamilyType = type;
        }

        long? ownTimestampMs = parser.HasTimestamp ? parser.TimestampMs : null;
        TakeSample(ref _lines[index], parser.Value, ownTimestampMs, batch);
        Follow(index);
        return null;
    }

    private static bool HasBoundLabel<TParser>(ref TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        foreach (ref readonly LabelSlot slot in parser.Labels.Slots)
        {
            ReadOnlySpan<byte> name = parser.Page.Slice(slot.NameStart, slot.NameLength);
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

    private void TakeMetadata<TParser>(ref TParser parser, ExpositionEntry entry, int start)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        ReadOnlySpan<byte> bytes = parser.Page[start..parser.Position];
        ulong hash = XxHash64.Hash(bytes);
        int index = _lines.Find(bytes, hash);
        if (index < 0)
        {
            index = _lines.Add(bytes, hash);
            _metadata.Take(ref parser, entry, _format == ExpositionFormat.OpenMetrics100);
        }

        ref CachedLine line = ref _lines[index];
        See(ref line);
        line.SetsFamilyType = entry == ExpositionEntry.Type;
        line.FamilyType = parser.FamilyType;
        _familyType = parser.FamilyType;
        Follow(index);
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
        _counters.Lines += line.SeenIn == _scrape ? 0 : 1;
        line.SeenIn = _scrape;
    }

    private void TakeSample(ref CachedLine line, double value, long? ownTimestampMs, SampleBatch batch)
    {
        ref PageCounters counters = ref _counters;
        counters.Scraped++;
        bool isNew = line.SeenIn == 0 || line.SeenIn < _lastGoodScrape;
        See(ref line);
        if (line.Series < 0)
        {
            return;
        }

        counters.AfterRelabel++;
        ref SeriesState state = ref _series[line.Series];
        bool hasOwnTime = ownTimestampMs is not null && _options.HonorTimestamps;
        long timestampMs = hasOwnTime ? ownTimestampMs.GetValueOrDefault() : _timestampMs;
        if (state.SeenIn == _scrape && !hasOwnTime)
        {
            counters.Duplicates++;
            return;
        }

        if (timestampMs > _timestampMs + _options.MaxFutureMs)
        {
            counters.OutOfBounds++;
            return;
        }

        counters.Stored++;
        if (_options.SampleLimit > 0 && counters.Stored > _options.SampleLimit)
        {
            counters.OverSampleLimit = true;
            return;
        }

        state.SeenIn = _scrape;
        counters.SeriesAdded += isNew ? 1 : 0;
        batch.Add(state.Ref, timestampMs, value);
        if (!hasOwnTime || _options.TrackTimestampsStaleness)
        {
            _tracked.Add(line.Series);
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
        _hasUnusedSeries = true;
    }

    /// <summary>The numbers of <see cref="PageResult"/> while they grow.</summary>
    private struct PageCounters
    {
        public int Scraped;
        public int AfterRelabel;
        public int SeriesAdded;
        public int Duplicates;
        public int OutOfBounds;
        public int Stored;
        public bool OverSampleLimit;

        /// <summary>Remembered lines that the page has.</summary>
        public int Lines;
    }
}
