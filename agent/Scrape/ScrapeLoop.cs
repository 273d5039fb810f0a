using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Scrape;

/// <summary>Scrapes one target on its schedule, and owns everything that is known about the target's series.</summary>
internal sealed class ScrapeLoop : IDisposable
{
    private const string MemoryIsFull = "memory is full: the page does not fit; --memory.limit or the container's limit raises it";

    /// <summary>Held while a page is read, not while it is fetched, so that others may look at the series in between.</summary>
    private readonly Lock _seriesGate = new();
    private readonly ScrapeLoopOptions _options;
    private readonly Target _target;
    private readonly TargetFetcher _fetcher;
    private readonly ScrapeCache _cache;
    private readonly ReportSeries _report;
    private readonly ISampleStore _store;
    private readonly ScrapeMetrics _metrics;
    private readonly SummaryMetric _intervalLength;
    private readonly HistogramMetric _intervalLengthHistogram;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SampleBatchPool _batches;
    private readonly Func<TargetPage, bool> _takePart;
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private string? _forcedProblem;
    private long? _lastStarted;
    private bool _isScraped;

    /// <summary>Set when a page ran out of memory: what is remembered may be half a change.</summary>
    private bool _isOverMemory;

    /// <summary>What the scrape in progress has; written by the loop only.</summary>
    private RunningScrape _scrape;

    public ScrapeLoop(
        ScrapeLoopOptions options, Target target, TargetFetcher fetcher, ScrapeCache cache, ISampleStore store,
        SampleBatchPool batches, ScrapeMetrics metrics, TimeProvider time, ILogger log)
    {
        _options = options;
        _target = target;
        _fetcher = fetcher;
        _cache = cache;
        _store = store;
        _batches = batches;
        _metrics = metrics;
        _intervalLength = metrics.IntervalLength(target.Interval);
        _intervalLengthHistogram = metrics.IntervalLengthHistogram(target.Interval);
        _time = time;
        _log = log;
        _takePart = TakePart;
        _report = new ReportSeries(store, target.PublicLabels, options.ExtraMetrics);
    }

    public Target Target => _target;

    /// <summary>A problem of the whole job that fails each scrape before it is made, such as too many targets.</summary>
    public string? ForcedProblem
    {
        get => Volatile.Read(ref _forcedProblem);
        set => Volatile.Write(ref _forcedProblem, value);
    }

    public void Start() => _work = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>What is known of the target's series; a loop that follows this one may go on with it.</summary>
    public ScrapeCache Cache => _cache;

    /// <summary>
    /// Stops scraping. With <paramref name="targetIsGone"/> its series end with staleness markers now; without, as
    /// when the process stops, they are left as they are, for the next start carries on. With
    /// <paramref name="keepCache"/> another loop takes over <see cref="Cache"/>.
    /// </summary>
    public async Task StopAsync(bool targetIsGone, bool keepCache = false)
    {
        await _stop.CancelAsync();
        await _work;
        if (targetIsGone && _target.Status.LastScrape is { } lastScrape)
        {
            DateTimeOffset now = _time.GetUtcNow();
            long timestampMs = (now > lastScrape ? now : lastScrape.AddMilliseconds(1)).ToUnixTimeMilliseconds();
            SampleBatch batch = _batches.Rent();
            _cache.CommitFailure(timestampMs, batch);
            _report.AddStale(batch, timestampMs);
            Store(batch);
            _batches.Return(batch);
        }

        lock (_seriesGate)
        {
            _isScraped = false;
            if (!keepCache)
            {
                _cache.Release();
            }

            _report.Release();
        }
    }

    /// <summary>Shows what the last scrape was made of; nothing before the first and after the last. Thread-safe.</summary>
    public void Visit(ISeriesVisitor visitor)
    {
        lock (_seriesGate)
        {
            if (_isScraped)
            {
                _cache.Visit(visitor);
                _report.Visit(visitor);
            }
        }
    }

    /// <summary>
    /// Asks the target, beside the schedule, which of its series hold <paramref name="part"/>; nothing of it is stored.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindSeriesAsync(string part, int limit, CancellationToken cancel)
    {
        SeriesSearch search = new(part, limit);
        await _fetcher.FetchAsideAsync(search.TakePart, cancel);
        return search.Found;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _fetcher.Dispose();
    }

    /// <summary>Scrapes on the target's own schedule until <paramref name="stop"/>; a bad target never ends the loop.</summary>
    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await LongWait.DelayAsync(ScrapeTicker.FirstOffset(_target.Hash, _target.Interval, _time.GetUtcNow()), _time, stop);
            ScrapeTicker ticker = new(_target.Interval, _time);
            while (!stop.IsCancellationRequested)
            {
                await ScrapeOnceAsync(ticker.ScrapeTime(), stop);
                await ticker.WaitAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The target's life has ended; StopAsync takes over.
            return;
        }
    }

    /// <summary>Fetches, reads, stores, reports.</summary>
    internal async Task ScrapeOnceAsync(DateTimeOffset scrapeTime, CancellationToken stop)
    {
        long started = _time.GetTimestamp();
        SampleBatch batch = _batches.Rent();
        _scrape = new RunningScrape(batch, scrapeTime.ToUnixTimeMilliseconds());
        if (_lastStarted is { } last)
        {
            double seconds = _time.GetElapsedTime(last, started).TotalSeconds;
            _intervalLength.Observe(seconds);
            _intervalLengthHistogram.Observe(seconds);
        }

        _lastStarted = started;
        try
        {
            FetchResult fetched = ForcedProblem is { } forced
                ? FetchResult.Failed(forced)
                : await FetchAsync(stop);
            lock (_seriesGate)
            {
                FinishOrGiveUp(fetched, batch, scrapeTime, started);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _metrics.FailedScrapes.Increment();
            ScrapeLog.LoopFailed(_log, _options.Job, _target.Url, error);
        }
        finally
        {
            _scrape = default;
            _batches.Return(batch);
        }
    }

    /// <summary>A page that memory has no room for fails, and what was remembered of the target is given up with it.</summary>
    private async Task<FetchResult> FetchAsync(CancellationToken stop)
    {
        try
        {
            return await _fetcher.FetchAsync(_takePart, stop);
        }
        catch (OutOfMemoryException)
        {
            _isOverMemory = true;
            return FetchResult.Failed(MemoryIsFull);
        }
    }

    /// <summary>Reads a part of the page; false when the rest of it cannot change that the page is bad.</summary>
    private bool TakePart(TargetPage page)
    {
        lock (_seriesGate)
        {
            if (!_scrape.HasPage)
            {
                _scrape = _scrape with { HasPage = true };
                _cache.Begin(page.Format, _scrape.TimestampMs, _scrape.Batch);
            }

            page.Discard(_cache.ReadPart(page.Part, page.IsLast));
            return !_cache.HasFailed;
        }
    }

    /// <summary>Where there is no memory to end the scrape as usual, the target's series end without markers.</summary>
    private void FinishOrGiveUp(FetchResult fetched, SampleBatch batch, DateTimeOffset scrapeTime, long started)
    {
        try
        {
            Finish(fetched, batch, scrapeTime, started);
        }
        catch (OutOfMemoryException)
        {
            _isOverMemory = true;
            _cache.Release();
            batch.Clear();
            Finish(FetchResult.Failed(MemoryIsFull), batch, scrapeTime, started);
        }
    }

    private void Finish(FetchResult fetched, SampleBatch batch, DateTimeOffset scrapeTime, long started)
    {
        long timestampMs = _scrape.TimestampMs;
        PageResult page = fetched.Problem is null && _scrape.HasPage
            ? _cache.End()
            : new PageResult { Problem = fetched.Problem };
        if (page.Problem is null)
        {
            _cache.Commit(batch);
        }
        else
        {
            batch.Clear();
            _cache.CommitFailure(timestampMs, batch);
            WriteFailure(page.Problem);
        }

        TimeSpan duration = _time.GetElapsedTime(started);
        _report.Add(batch, timestampMs, page.Problem is null, duration, in page);
        _report.AddExtra(batch, timestampMs, _target.Timeout, _options.SampleLimit, fetched.BodyBytes);
        Store(batch);
        if (_isOverMemory)
        {
            _isOverMemory = false;
            _cache.Release();
        }
        else
        {
            _metrics.CacheFlushForced.Add(_cache.ForgetUnseen() ? 1 : 0);
        }

        Count(in page, fetched.OverBodyLimit);
        ShowStatus(in page, scrapeTime, duration);
        _isScraped = true;
    }

    private void Store(SampleBatch batch)
    {
        if (batch.HasStarts)
        {
            bool begun = _store.Append(batch.Starts);
            (begun ? _metrics.Samples : _metrics.LostSamples).Add(batch.Starts.Count);
        }

        bool stored = _store.Append(batch);
        (stored ? _metrics.Samples : _metrics.LostSamples).Add(batch.Count);
        batch.Clear();
    }

    private void WriteFailure(string problem)
    {
        if (_options.FailureLog is { } log && log.Write(_options.Job, _target.Url, problem) is { } reason)
        {
            ScrapeLog.FailureLogBroken(_log, log.Path, reason);
        }
    }

    private void Count(in PageResult page, bool overBodyLimit)
    {
        _metrics.Scrapes.Increment();
        _metrics.DuplicateSamples.Add(page.Duplicates);
        _metrics.OutOfBoundsSamples.Add(page.OutOfBounds);
        if (page.Problem is not null)
        {
            _metrics.FailedScrapes.Increment();
        }

        (_store.TakesSeries() ? _metrics.OverSeriesLimit : _metrics.OverMemory).Add(page.OverSeriesLimit);
        _metrics.NotConverted.Add(page.NotConverted);
        if (page.OverBucketLimit)
        {
            _metrics.ExceededBucketLimit.Increment();
        }

        if (page.OverSampleLimit)
        {
            _metrics.ExceededSampleLimit.Increment();
        }

        if (page.OverLabelLimits)
        {
            _metrics.ExceededLabelLimits.Increment();
        }

        if (overBodyLimit)
        {
            _metrics.ExceededBodySizeLimit.Increment();
        }
    }

    /// <summary>Logs the change of a target's health, not its repetition.</summary>
    private void ShowStatus(in PageResult page, DateTimeOffset scrapeTime, TimeSpan duration)
    {
        TargetHealth before = _target.Status.Health;
        _target.Status = new TargetStatus
        {
            Health = page.Problem is null ? TargetHealth.Up : TargetHealth.Down,
            LastScrape = scrapeTime,
            LastDuration = duration,
            LastError = page.Problem ?? "",
            LastSamples = page.Scraped,
            LastLeftOut = page.OverSeriesLimit,
        };
        if (page.Problem is not null && before != TargetHealth.Down)
        {
            ScrapeLog.TargetDown(_log, _options.Job, _target.Url, page.Problem);
        }
        else if (page.Problem is null && before == TargetHealth.Down)
        {
            ScrapeLog.TargetUp(_log, _options.Job, _target.Url);
        }

        ScrapeLog.Scraped(_log, _target.Url, page.Scraped, duration.TotalMilliseconds);
    }
}
