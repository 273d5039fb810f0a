using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Scrape;

/// <summary>Everything between the configuration and the buffer: discovery feeds the pools, and both follow reloads.</summary>
internal sealed class Scraping : IComponent, IDisposable
{
    private readonly ScrapeManager _scrapes;
    private readonly DiscoveryManager _discovery;
    private readonly DiscoveryJobFactory _discoveryJobs;
    private readonly Func<HttpClientConfig, HttpMessageInvoker> _createClient;
    private readonly ScrapeFailureLogs _failureLogs;
    private readonly CancellationTokenSource _stop = new();
    private readonly AgentConfig _initial;
    private readonly TimeProvider _time;
    private long? _createdAfterMs;
    private bool _isApplied;
    private Task _handingOver = Task.CompletedTask;

    public Scraping(
        AgentConfig initial,
        ScrapeManager scrapes,
        DiscoveryManager discovery,
        DiscoveryJobFactory discoveryJobs,
        Func<HttpClientConfig, HttpMessageInvoker> createClient,
        ScrapeFailureLogs failureLogs,
        TimeProvider time,
        long? createdAfterMs)
    {
        _initial = initial;
        _scrapes = scrapes;
        _discovery = discovery;
        _discoveryJobs = discoveryJobs;
        _createClient = createClient;
        _failureLogs = failureLogs;
        _time = time;
        _createdAfterMs = createdAfterMs;
    }

    public string Name => "scraping";

    public async Task StartAsync(CancellationToken cancel)
    {
        await ApplyAsync(_initial, cancel);
        _handingOver = Task.Run(() => _discovery.RunAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>Takes a configuration: jobs, targets and loops that did not change go on undisturbed.</summary>
    public async Task ApplyAsync(AgentConfig config, CancellationToken cancel)
    {
        _failureLogs.Reopen();
        if (_isApplied && _createdAfterMs is not null)
        {
            // Jobs that begin anew do not know their series, which may have had samples up to now.
            _createdAfterMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        }

        _isApplied = true;
        List<ScrapeJob> jobs = [];
        List<DiscoveryJob> discoveryJobs = [];
        foreach (ScrapeConfig scrape in config.ScrapeConfigs)
        {
            jobs.Add(ScrapeJobFactory.Create(scrape, _createClient, _failureLogs, _createdAfterMs));
            discoveryJobs.Add(_discoveryJobs.Create(scrape));
        }

        await _scrapes.ApplyAsync(jobs);
        _failureLogs.CloseOthers();
        await _discovery.ApplyAsync(discoveryJobs);
    }

    /// <summary>The jobs whose discovery has found nothing out yet.</summary>
    public IReadOnlyList<string> WaitingJobs() => _discovery.WaitingJobs();

    /// <summary>How the discovery of a job fares.</summary>
    public IReadOnlyList<DiscovererStatus> DiscoveryOf(string job) => _discovery.StatusOf(job);

    /// <summary>Hands on what discovery has found by now, without waiting for the next time.</summary>
    public Task HandOverAsync() => _discovery.HandOverAsync();

    /// <summary>Stops discovery, then every loop; scrapes on their way are given up.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        await _stop.CancelAsync();
        await _handingOver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _discovery.DisposeAsync();
        await _scrapes.DisposeAsync();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _failureLogs.Dispose();
    }
}
