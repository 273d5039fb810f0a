using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>The series that a scrape reports of itself: <c>up</c> and its companions, under the target's labels.</summary>
internal sealed class ReportSeries
{
    private readonly ISampleStore _store;
    private readonly SeriesRef _up;
    private readonly SeriesRef _duration;
    private readonly SeriesRef _samplesScraped;
    private readonly SeriesRef _samplesAfterRelabel;
    private readonly SeriesRef _seriesAdded;

    /// <summary>Time-out, sample limit and body size, where <c>extra_scrape_metrics</c> asks for them; else empty.</summary>
    private readonly SeriesRef[] _extra;

    public ReportSeries(ISampleStore store, Labels targetLabels, bool withExtra)
    {
        _store = store;
        _up = Acquire("up", targetLabels);
        _duration = Acquire("scrape_duration_seconds", targetLabels);
        _samplesScraped = Acquire("scrape_samples_scraped", targetLabels);
        _samplesAfterRelabel = Acquire("scrape_samples_post_metric_relabeling", targetLabels);
        _seriesAdded = Acquire("scrape_series_added", targetLabels);
        _extra = withExtra
            ?
            [
                Acquire("scrape_timeout_seconds", targetLabels),
                Acquire("scrape_sample_limit", targetLabels),
                Acquire("scrape_body_size_bytes", targetLabels),
            ]
            : [];
    }

    public void Add(SampleBatch batch, long timestampMs, bool isUp, TimeSpan duration, in PageResult page)
    {
        batch.Add(_up, timestampMs, isUp ? 1 : 0);
        batch.Add(_duration, timestampMs, duration.TotalSeconds);
        batch.Add(_samplesScraped, timestampMs, page.Scraped);
        batch.Add(_samplesAfterRelabel, timestampMs, page.AfterRelabel);
        batch.Add(_seriesAdded, timestampMs, page.SeriesAdded);
    }

    /// <summary>Adds the series of <c>extra_scrape_metrics</c>, where the configuration wants them.</summary>
    /// <param name="batch">Gets the samples.</param>
    /// <param name="timestampMs">The time of the scrape.</param>
    /// <param name="timeout">The target's time-out.</param>
    /// <param name="sampleLimit">Samples that a scrape may have; zero is no limit.</param>
    /// <param name="bodyBytes">The page's length after decompression; -1 when it was over the limit.</param>
    public void AddExtra(SampleBatch batch, long timestampMs, TimeSpan timeout, long sampleLimit, long bodyBytes)
    {
        if (_extra.Length > 0)
        {
            batch.Add(_extra[0], timestampMs, timeout.TotalSeconds);
            batch.Add(_extra[1], timestampMs, sampleLimit);
            batch.Add(_extra[2], timestampMs, bodyBytes);
        }
    }

    public void Visit(ISeriesVisitor visitor)
    {
        visitor.Stored(_up);
        visitor.Stored(_duration);
        visitor.Stored(_samplesScraped);
        visitor.Stored(_samplesAfterRelabel);
        visitor.Stored(_seriesAdded);
        foreach (SeriesRef series in _extra)
        {
            visitor.Stored(series);
        }
    }

    /// <summary>Adds the staleness markers of a target that is gone.</summary>
    public void AddStale(SampleBatch batch, long timestampMs)
    {
        batch.Add(_up, timestampMs, StaleMarker.Value);
        batch.Add(_duration, timestampMs, StaleMarker.Value);
        batch.Add(_samplesScraped, timestampMs, StaleMarker.Value);
        batch.Add(_samplesAfterRelabel, timestampMs, StaleMarker.Value);
        batch.Add(_seriesAdded, timestampMs, StaleMarker.Value);
        foreach (SeriesRef series in _extra)
        {
            batch.Add(series, timestampMs, StaleMarker.Value);
        }
    }

    public void Release()
    {
        _store.Release(_up);
        _store.Release(_duration);
        _store.Release(_samplesScraped);
        _store.Release(_samplesAfterRelabel);
        _store.Release(_seriesAdded);
        foreach (SeriesRef series in _extra)
        {
            _store.Release(series);
        }
    }

    private SeriesRef Acquire(string name, Labels targetLabels)
    {
        LabelsBuilder builder = new();
        builder.Reset(targetLabels);
        builder.Set(LabelNames.MetricName, name);
        return _store.Acquire(builder.Build(), out _);
    }
}
