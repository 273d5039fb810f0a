using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Scrape;

/// <summary>Scrapes one target on its schedule, and owns everything that is known about the target's series.</summary>
internal sealed class ScrapeLoop : IDisposable
{
    /// <summary>Held while a page is read, not while it is fetched, so that others may look at the series in between.</summary>
    private readonly Lock _seriesGate = new();
    private readonly string _job;
    private readonly Target _target;
    private readonly TargetFetcher _fetcher;
    private readonly ScrapeCache _cache;
    private readonly ReportSeries _report;
    private readonly ISampleStore _store;
    private readonly ScrapeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SampleBatch _batch = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private string? _forcedProblem;
    private bool _isScraped;

    public ScrapeLoop(
        string job, Target target, TargetFetcher fetcher, ScrapeCache cache, ISampleStore store, ScrapeMetrics metrics,
        TimeProvider time, ILogger log)
    {
        _job = job;
        _target = target;
        _fetcher = fetcher;
        _cache = cache;
        _store = store;
        _metrics = metrics;
        _time = time;
        _log = log;
        _report = new ReportSeries(store, target.PublicLabels);
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
            _batch.Clear();
            _cache.CommitFailure(timestampMs, _batch);
            _report.AddStale(_batch, timestampMs);
            Store();
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
    /// Series of the last page as the target wrote them, those that hold <paramref name="part"/>. Thread-safe.
    /// </summary>
    public void CopySeriesTexts(string part, int limit, List<string> target)
    {
        lock (_seriesGate)
        {
            if (_isScraped)
            {
                _cache.CopySeriesTexts(part, limit, target);
            }
        }
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Scrapes on the target's own schedule until <paramref name="stop"/>; a bad target never ends the loop.</summary>
    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(ScrapeTicker.FirstOffset(_target.Hash, _target.Interval, _time.GetUtcNow()), _time, stop);
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
        try
        {
            using FetchResult fetched = ForcedProblem is { } forced
                ? FetchResult.Failed(forced)
                : await _fetcher.FetchAsync(stop);
            lock (_seriesGate)
            {
                TakePage(fetched, scrapeTime, started);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _metrics.FailedScrapes.Increment();
            ScrapeLog.LoopFailed(_log, _job, _target.Url, error);
        }
    }

    private void TakePage(FetchResult fetched, DateTimeOffset scrapeTime, long started)
    {
        long timestampMs = scrapeTime.ToUnixTimeMilliseconds();
        _batch.Clear();
        PageResult page = fetched.Page is { } buffer
            ? _cache.Read(buffer.Page, fetched.Format, timestampMs, _batch)
            : new PageResult { Problem = fetched.Problem };
        if (page.Problem is null)
        {
            _cache.Commit(_batch);
        }
        else
        {
            _batch.Clear();
            _cache.CommitFailure(timestampMs, _batch);
        }

        TimeSpan duration = _time.GetElapsedTime(started);
        _report.Add(_batch, timestampMs, page.Problem is null, duration, in page);
        Store();
        _cache.ForgetUnseen();
        Count(in page, fetched.OverBodyLimit);
        ShowStatus(in page, scrapeTime, duration);
        _isScraped = true;
    }

    private void Store()
    {
        bool stored = _store.Append(_batch);
        (stored ? _metrics.Samples : _metrics.LostSamples).Add(_batch.Count);
        _batch.Clear();
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

        if (page.OverSampleLimit)
        {
            _metrics.ExceededSampleLimit.Increment();
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
        };
        if (page.Problem is not null && before != TargetHealth.Down)
        {
            ScrapeLog.TargetDown(_log, _job, _target.Url, page.Problem);
        }
        else if (page.Problem is null && before == TargetHealth.Down)
        {
            ScrapeLog.TargetUp(_log, _job, _target.Url);
        }

        ScrapeLog.Scraped(_log, _target.Url, page.Scraped, duration.TotalMilliseconds);
    }
}
