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

    public ReportSeries(ISampleStore store, Labels targetLabels)
    {
        _store = store;
        _up = Acquire("up", targetLabels);
        _duration = Acquire("scrape_duration_seconds", targetLabels);
        _samplesScraped = Acquire("scrape_samples_scraped", targetLabels);
        _samplesAfterRelabel = Acquire("scrape_samples_post_metric_relabeling", targetLabels);
        _seriesAdded = Acquire("scrape_series_added", targetLabels);
    }

    public void Add(SampleBatch batch, long timestampMs, bool isUp, TimeSpan duration, in PageResult page)
    {
        batch.Add(_up, timestampMs, isUp ? 1 : 0);
        batch.Add(_duration, timestampMs, duration.TotalSeconds);
        batch.Add(_samplesScraped, timestampMs, page.Scraped);
        batch.Add(_samplesAfterRelabel, timestampMs, page.AfterRelabel);
        batch.Add(_seriesAdded, timestampMs, page.SeriesAdded);
    }

    public void Visit(ISeriesVisitor visitor)
    {
        visitor.Stored(_up);
        visitor.Stored(_duration);
        visitor.Stored(_samplesScraped);
        visitor.Stored(_samplesAfterRelabel);
        visitor.Stored(_seriesAdded);
    }

    /// <summary>Adds the staleness markers of a target that is gone.</summary>
    public void AddStale(SampleBatch batch, long timestampMs)
    {
        batch.Add(_up, timestampMs, StaleMarker.Value);
        batch.Add(_duration, timestampMs, StaleMarker.Value);
        batch.Add(_samplesScraped, timestampMs, StaleMarker.Value);
        batch.Add(_samplesAfterRelabel, timestampMs, StaleMarker.Value);
        batch.Add(_seriesAdded, timestampMs, StaleMarker.Value);
    }

    public void Release()
    {
        _store.Release(_up);
        _store.Release(_duration);
        _store.Release(_samplesScraped);
        _store.Release(_samplesAfterRelabel);
        _store.Release(_seriesAdded);
    }

    private SeriesRef Acquire(string name, Labels targetLabels)
    {
        LabelsBuilder builder = new();
        builder.Reset(targetLabels);
        builder.Set(LabelNames.MetricName, name);
        return _store.Acquire(builder.Build());
    }
}
