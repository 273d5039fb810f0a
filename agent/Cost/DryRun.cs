using AmpEdge.Agent.Config;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Cost;

/// <summary>
/// <c>--dry-run</c>: finds the targets of a configuration, scrapes each twice, and says what they would cost. Writes nothing
/// to disk and sends nothing.
/// </summary>
internal sealed class DryRun : IAsyncDisposable
{
    private const int ParallelScrapes = 16;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private readonly AgentConfig _config;
    private readonly CostConfig _cost;
    private readonly TimeSpan _discoveryTimeout;
    private readonly TimeProvider _time;
    private readonly DryRunStore _store;
    private readonly ScrapeManager _scrapes;
    private readonly Scraping _scraping;

    /// <param name="settings">What the flags say.</param>
    /// <param name="config">What is tried.</param>
    /// <param name="cost">The prices.</param>
    /// <param name="discoveryTimeout">How long discovery may take; what it has found by then is scraped.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Gets what goes wrong on the way.</param>
    public DryRun(
        AgentSettings settings, AgentConfig config, CostConfig cost, TimeSpan discoveryTimeout, TimeProvider time,
        ILoggerFactory loggers)
    {
        _config = config;
        _cost = cost;
        _discoveryTimeout = discoveryTimeout;
        _time = time;
        _store = new DryRunStore(config.Global.ExternalLabels, new QueueConfig().MaxSamplesPerSend);
        MetricRegistry metrics = new();
        _scrapes = new ScrapeManager(
            _store, new ScrapeMetrics(metrics), time, loggers.CreateLogger<ScrapeManager>(), startsLoops: false);
        _scraping = new ScrapingFactory(
            settings, client => new HttpMessageInvoker(HttpHandlerBuilder.Build(client, time)), metrics, time, loggers)
            .Create(config, _scrapes);
    }

    /// <summary>Returns the exit code: 0 when at least one target answered, or none was found to be scraped.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancel)
    {
        await _scraping.ApplyAsync(_config, cancel);
        IReadOnlyList<string> waiting = await DiscoverAsync(cancel);
        await ScrapeAllAsync(cancel);
        _store.Restart();
        await ScrapeAllAsync(cancel);
        _store.Finish();
        IReadOnlyList<PoolSnapshot> pools = _scrapes.Snapshot();
        DryRunResult result = new()
        {
            Report = CostReport.Of(SeriesCensus.Take(pools, _store.Series), _cost.Prices, _time.GetUtcNow()),
            Pools = pools,
            WaitingJobs = waiting,
            Samples = _store.Samples,
            WireBytes = _store.WireBytes,
        };
        DryRunWriter.Write(output, result);
        return result.Down > 0 && result.Up == 0 ? ExitCode.Failure : ExitCode.Success;
    }

    public async ValueTask DisposeAsync()
    {
        await _scraping.StopAsync(CancellationToken.None);
        _scraping.Dispose();
        await _scrapes.DisposeAsync();
    }

    /// <summary>Waits until discovery has found out what there is; returns the jobs for which it did not in time.</summary>
    private async Task<IReadOnlyList<string>> DiscoverAsync(CancellationToken cancel)
    {
        long started = _time.GetTimestamp();
        while (true)
        {
            IReadOnlyList<string> waiting = _scraping.WaitingJobs();
            if (waiting.Count == 0 || _time.GetElapsedTime(started) >= _discoveryTimeout)
            {
                await _scraping.HandOverAsync();
                return waiting;
            }

            await Task.Delay(s_look, _time, cancel);
        }
    }

    private async Task ScrapeAllAsync(CancellationToken cancel)
    {
        List<ScrapeLoop> loops = [];
        foreach (PoolSnapshot pool in _scrapes.Snapshot())
        {
            loops.AddRange(pool.Loops);
        }

        ParallelOptions options = new() { MaxDegreeOfParallelism = ParallelScrapes, CancellationToken = cancel };
        await Parallel.ForEachAsync(
            loops, options, async (loop, stop) => await loop.ScrapeOnceAsync(_time.GetUtcNow(), stop));
    }
}
