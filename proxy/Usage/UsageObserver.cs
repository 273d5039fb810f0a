using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// Watches which metrics are written and which are read. Requests leave a copy in a bounded queue and go on; one worker
/// reads the copies. Everything that is known lies in one <see cref="Observation"/>, guarded by one lock.
/// </summary>
internal sealed class UsageObserver : IComponent, IDisposable
{
    /// <summary>Of a query's body, or of an answer with rules; a larger one is not looked into.</summary>
    public const int MaxReadBytes = 16 << 20;

    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_filesInterval = TimeSpan.FromHours(1);

    private UsageConfig _config;
    private readonly UsageStore? _store;
    private readonly UsageMetrics _metrics;
    private readonly UsageQueue _queue = new();
    private readonly WriteSampler _sampler;
    private readonly WriteReader _writes = new();
    private readonly ReadReader _reads = new();
    private ReaderFiles _files;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Guards the observation, and both readers with it.</summary>
    private readonly Lock _observationLock = new();
    private Observation _observation;
    private IReadOnlyList<Observation> _others = [];
    private long _watchedUntil;

    /// <summary>Reads that did not fit the queue since the last tick: the request path waits for no lock.</summary>
    private long _droppedReads;
    private Task _reading = Task.CompletedTask;
    private Task _ticking = Task.CompletedTask;

    /// <param name="config">The section <c>usage</c>.</param>
    /// <param name="disk">Holds the state file.</param>
    /// <param name="registry">Takes the metrics.</param>
    /// <param name="log">Takes what operators must know.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seed">Of the choice of writes.</param>
    public UsageObserver(
        UsageConfig config, IFileSystem disk, MetricRegistry registry, ILogger log, TimeProvider time, int seed)
    {
        UsageBounds bounds = new() { Metrics = config.MaxMetrics };
        _config = config;
        _log = log;
        _time = time;
        _store = config.StateFile.Length > 0 ? new UsageStore(config.StateFile, bounds, disk, log, time) : null;
        _sampler = new WriteSampler(config.WritesPerSecond, seed, time);
        _files = new ReaderFiles(config.Rules, config.Dashboards, log);
        _observation = new Observation(Guid.NewGuid(), NowMs()) { Bounds = bounds };
        _watchedUntil = time.GetTimestamp();
        _metrics = new UsageMetrics(registry);
        RegisterGauges(registry);
    }

    public string Name => "usage";

    /// <exception cref="StartFailedException">The state file cannot be used.</exception>
    public Task StartAsync(CancellationToken cancel)
    {
        if (_store?.Open() is { } state)
        {
            Restore(state);
        }

        lock (_observationLock)
        {
            _watchedUntil = _time.GetTimestamp();
            _files.ReadInto(_observation, _reads, NowMs());
        }

        _reading = Task.Run(ReadAllAsync, CancellationToken.None);
        _ticking = TickAsync(new PeriodicTimer(s_tick, _time));
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes prices, files and times of a new configuration; the rest needs a restart, which is logged when it has changed.
    /// </summary>
    public void Apply(UsageConfig config)
    {
        lock (_observationLock)
        {
            bool needsRestart = (config.Enable, config.StateFile, config.MaxMetrics, config.WritesPerSecond)
                != (_config.Enable, _config.StateFile, _config.MaxMetrics, _config.WritesPerSecond);
            if (needsRestart)
            {
                UsageLog.NeedsRestart(_log);
            }

            _config = _config with
            {
                SaveInterval = config.SaveInterval,
                UnusedAfter = config.UnusedAfter,
                Prices = config.Prices,
                Rules = config.Rules,
                Dashboards = config.Dashboards,
            };
            _files = new ReaderFiles(config.Rules, config.Dashboards, _log);
            _files.ReadInto(_observation, _reads, NowMs());
        }
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        _queue.Close();
        await _stop.CancelAsync();
        await _ticking;
        await _reading.WaitAsync(cancel);
        Save();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _store?.Dispose();
    }

    /// <summary>Takes note of a request, if it says anything; never waits and never fails.</summary>
    public void Observe(
        string method, RequestTarget target, string contentType, string contentEncoding, ReadOnlySpan<byte> body)
    {
        UsageRequest request = UsageRequest.Of(method, target.RawPath);
        if (request.Kind == UsageRequestKind.Write)
        {
            ObserveWrite(request.WorkspaceOf(target.RawPath), contentType, contentEncoding, body);
        }
        else if (request.Kind is not (UsageRequestKind.Nothing or UsageRequestKind.FetchRules)
            && !(request.Kind == UsageRequestKind.RuleNamespace && method == "GET"))
        {
            ObserveRead(new ObservedRequest
            {
                Kind = request.Kind,
                Workspace = request.WorkspaceOf(target.RawPath),
                Query = target.RawQuery,
                ContentType = contentType,
                ContentEncoding = contentEncoding,
            }, body);
        }
    }

    /// <summary>Whether the answer to a request holds rules, which <see cref="ObserveAnswer"/> then wants to see.</summary>
    public static bool WantsAnswer(string method, RequestTarget target) =>
        method == "GET"
        && UsageRequest.Of(method, target.RawPath).Kind is UsageRequestKind.FetchRules or UsageRequestKind.RuleNamespace;

    /// <summary>Takes note of the rules in an answer.</summary>
    public void ObserveAnswer(string method, RequestTarget target, string contentEncoding, ReadOnlySpan<byte> body)
    {
        UsageRequest request = UsageRequest.Of(method, target.RawPath);
        ObserveRead(new ObservedRequest
        {
            Kind = request.Kind,
            Workspace = request.WorkspaceOf(target.RawPath),
            ContentEncoding = contentEncoding,
        }, body);
    }

    /// <summary>What is known now.</summary>
    public UsageReport Report()
    {
        lock (_observationLock)
        {
            Advance();
            return UsageReport.Of([_observation, .. _others], _config.Prices, _config.UnusedAfter, _time.GetUtcNow());
        }
    }

    private void ObserveWrite(string workspace, string contentType, string contentEncoding, ReadOnlySpan<byte> body)
    {
        if (!_sampler.Choose(out long weight))
        {
            _metrics.PassedOver.Increment();
            return;
        }

        ObservedRequest write = new()
        {
            Kind = UsageRequestKind.Write,
            Workspace = workspace,
            ContentType = contentType,
            ContentEncoding = contentEncoding,
            Weight = weight,
        };
        if (!_queue.TryAdd(write, body))
        {
            _sampler.PassOver(weight);
            _metrics.WriteQueueFull.Increment();
        }
    }

    private void ObserveRead(ObservedRequest read, ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxReadBytes || !_queue.TryAdd(read, body))
        {
            _metrics.ReadQueueFull.Increment();
            Interlocked.Increment(ref _droppedReads);
        }
    }

    private async Task ReadAllAsync()
    {
        await foreach (ObservedRequest request in _queue.TakeAllAsync())
        {
            try
            {
                Take(request);
            }
            catch (Exception error)
            {
                // What comes from outside must not end the watching of everything else.
                _metrics.Failures.Increment();
                UsageLog.Failed(_log, error, request.Kind.ToString());
            }
        }
    }

    private void Take(ObservedRequest request)
    {
        lock (_observationLock)
        {
            if (request.Kind == UsageRequestKind.Write)
            {
                TakeWrite(request);
            }
            else if (_reads.TryRead(request, _observation, NowMs()))
            {
                _metrics.Read.Increment();
            }
            else
            {
                _metrics.UnreadableRead.Increment();
                _observation.Lose(UsageLoss.UnreadableQueries);
            }
        }
    }

    private void TakeWrite(ObservedRequest request)
    {
        _observation.Lose(UsageLoss.PassedOverWrites, request.Weight - 1);
        if (_writes.TryRead(request, _observation, NowMs()))
        {
            _observation.DecodedWrites++;
            _metrics.Decoded.Increment();
        }
        else
        {
            _observation.Lose(UsageLoss.UnreadableWrites);
            _metrics.UnreadableWrite.Increment();
        }
    }

    private async Task TickAsync(PeriodicTimer ticks)
    {
        using PeriodicTimer disposed = ticks;
        long saved = _time.GetTimestamp();
        long filesRead = saved;
        try
        {
            while (await ticks.WaitForNextTickAsync(_stop.Token))
            {
                lock (_observationLock)
                {
                    Advance();
                    if (_time.GetElapsedTime(filesRead) >= s_filesInterval)
                    {
                        filesRead = _time.GetTimestamp();
                        _files.ReadInto(_observation, _reads, NowMs());
                    }
                }

                if (_time.GetElapsedTime(saved) >= _config.SaveInterval)
                {
                    saved = _time.GetTimestamp();
                    Save();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Lets the time since the last call pass; under the lock.</summary>
    private void Advance()
    {
        long now = _time.GetTimestamp();
        _observation.Watch(_time.GetElapsedTime(_watchedUntil, now).TotalSeconds, NowMs(), _config.UnusedAfter);
        _watchedUntil = now;
        _observation.Lose(UsageLoss.DroppedReads, Interlocked.Exchange(ref _droppedReads, 0));
    }

    private void Restore(UsageState state)
    {
        List<Observation> others = [];
        foreach (Observation observation in state.Observations)
        {
            if (observation.Id == state.Owner)
            {
                _observation = observation;
            }
            else
            {
                others.Add(observation);
            }
        }

        _others = others;
        UsageLog.Loaded(
            _log, _config.StateFile, _observation.WrittenCount, TimeSpan.FromSeconds(Math.Round(_observation.WatchedSeconds)));
    }

    private void Save()
    {
        if (_store is null)
        {
            return;
        }

        lock (_observationLock)
        {
            Advance();
            _store.Encode(new UsageState(_observation.Id, [_observation, .. _others]));
        }

        (_store.Save() ? _metrics.Saves : _metrics.SaveFailures).Increment();
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private void RegisterGauges(MetricRegistry registry)
    {
        registry.Gauge("ampedge_proxy_usage_queue_length", "Requests that wait to be observed.", () => _queue.Length);
        registry.Gauge("ampedge_proxy_usage_queue_length_limit", "Requests that may wait.", static () => UsageQueue.MaxRequests);
        registry.Gauge("ampedge_proxy_usage_queue_bytes", "Bytes of their bodies.", () => _queue.Bytes);
        registry.Gauge("ampedge_proxy_usage_queue_bytes_limit", "Bytes of bodies that may wait.", static () => UsageQueue.MaxBytes);
        registry.Gauge("ampedge_proxy_usage_metrics", "Written metrics that are remembered.", () => _observation.WrittenCount);
        registry.Gauge("ampedge_proxy_usage_metrics_limit", "Written metrics that may be remembered.", () => _config.MaxMetrics);
        registry.Gauge(
            "ampedge_proxy_usage_read_names", "Names and patterns of readers that are remembered.", () => _observation.ReadCount);
        registry.Gauge(
            "ampedge_proxy_usage_over_bound", "Written series, reads and requests that were left out beyond a bound, since the first start.",
            () => _observation.LossesOf(UsageLoss.MetricsOverBound) + _observation.LossesOf(UsageLoss.ReadsOverBound)
                + _observation.LossesOf(UsageLoss.WorkspacesOverBound));
    }
}
