using System.Runtime.CompilerServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Takes the samples of one page after another: counts each, says which are stored and at which time, and puts those into
/// the batch.
/// </summary>
internal sealed class SampleIntake
{
    private static readonly SampleBatch s_noBatch = new();

    private readonly SeriesStates _series;
    private readonly ExemplarFilter _exemplars;
    private readonly ScrapeCacheOptions _options;
    private readonly ScrapeTimes? _times;
    private SampleBatch _batch = s_noBatch;
    private PageCounters _counters;

    public SampleIntake(SeriesStates series, ExemplarFilter exemplars, ScrapeCacheOptions options, ScrapeTimes? times)
    {
        _series = series;
        _exemplars = exemplars;
        _options = options;
        _times = times;
    }

    /// <summary>The number of the scrape, good or failed; the first is 1.</summary>
    public int Scrape { get; private set; }

    public long TimestampMs { get; private set; }

    /// <summary>The last scrape before this one whose page was good.</summary>
    public int LastGoodScrape { get; private set; }

    /// <summary>What the page gave so far.</summary>
    public ref PageCounters Counters => ref _counters;

    /// <summary>Begins a page. The batch gets its samples.</summary>
    public void Begin(long timestampMs, int lastGoodScrape, SampleBatch batch)
    {
        Scrape++;
        TimestampMs = timestampMs;
        _times?.Note(Scrape, timestampMs);
        LastGoodScrape = lastGoodScrape;
        _batch = batch;
        _counters = default;
    }

    /// <summary>Ends a good page: notes for all its series that they were there, and lets go of the batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TrackSeries()
    {
        foreach (int series in _batch.Tracked)
        {
            _series.Track(series, Scrape);
        }

        _batch = s_noBatch;
    }

    /// <summary>Counts a scrape that gave no page, or a bad one; returns its number.</summary>
    public int SkipScrape(long timestampMs)
    {
        _batch = s_noBatch;
        Scrape++;
        _times?.Note(Scrape, timestampMs);
        return Scrape;
    }

    /// <summary>Notes that the page has the line.</summary>
    public void See(ref CachedLine line)
    {
        _counters.Lines += line.SeenIn == Scrape ? 0 : 1;
        line.SeenIn = Scrape;
    }

    /// <summary>The time of a sample for which the page has this one, if any.</summary>
    public long TimeOf(long? ownTimestampMs) => _options.HonorTimestamps ? ownTimestampMs ?? TimestampMs : TimestampMs;

    /// <summary>Takes a sample; false when it was not stored.</summary>
    public bool Take(ref CachedLine line, double value, long? ownTimestampMs)
    {
        if (!TryAdmit(ref line, ownTimestampMs, out long timestampMs))
        {
            return false;
        }

        _batch.Add(_series[line.Series].Ref, timestampMs, value);
        return true;
    }

    /// <summary>Takes a histogram, unless it has too many buckets even when it is made coarser.</summary>
    /// <returns>False when it was not stored.</returns>
    public bool TryTake(ref CachedLine line, Histogram histogram, long? ownTimestampMs)
    {
        if (!HistogramLimits.TryApply(histogram, _options))
        {
            _counters.Scraped++;
            _counters.AfterRelabel += line.Series >= 0 ? 1 : 0;
            _counters.OverBucketLimit |= line.Series >= 0;
            See(ref line);
            return false;
        }

        if (!TryAdmit(ref line, ownTimestampMs, out long timestampMs))
        {
            return false;
        }

        _batch.Add(_series[line.Series].Ref, timestampMs, histogram);
        return true;
    }

    /// <summary>Takes the exemplars of a sample that was taken.</summary>
    public void Take(in CachedLine line, ExemplarList exemplars, long? ownTimestampMs, bool isHistogram)
    {
        if (line.Series >= 0 && !exemplars.Items.IsEmpty && !_counters.OverSampleLimit)
        {
            long timestampMs = TimeOf(ownTimestampMs);
            _exemplars.Store(_series[line.Series].Ref, exemplars, isHistogram, timestampMs, _batch);
        }
    }

    /// <summary>Counts a sample of whatever kind, and says whether it is to be stored and at which time.</summary>
    private bool TryAdmit(ref CachedLine line, long? ownTimestampMs, out long timestampMs)
    {
        ref PageCounters counters = ref _counters;
        counters.Scraped++;
        bool isNew = line.SeenIn == 0 || line.SeenIn < LastGoodScrape;
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
}
