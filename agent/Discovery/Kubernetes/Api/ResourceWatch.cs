using System.Text.Json;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Keeps the objects of one request as the cluster has them: lists them, watches from there, and goes on from the last
/// version seen whenever the watch ends. Whatever fails, what is known stays known.
/// </summary>
/// <remarks>
/// 1. List: first what the server has at hand (version 0); after 410, the newest state.
/// 2. Watch with bookmarks; the server ends it after a random time, and the next one goes on without a list.
/// 3. 410, as a status or as an event: back to 1, after a random wait, since all agents are told so at once.
/// 4. Any other failure: wait, longer each time, and go on; after some in a row, back to 1.
/// </remarks>
internal sealed class ResourceWatch
{
    /// <summary>Bookmarks come about once a minute; a watch that stays silent for this long may hang on a dead connection.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(150);

    private const int MinTimeoutSeconds = 300;
    private const int MaxTimeoutSeconds = 600;
    private const int FailuresBeforeList = 3;
    private const double RetryJitter = 0.5;

    private static readonly TimeSpan s_minRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_maxRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_relistSpread = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_shortWatch = TimeSpan.FromSeconds(1);

    private readonly ResourceRequest _request;
    private readonly ClusterClient _client;
    private readonly ObjectLister _lister;
    private readonly KubeletPods? _kubelet;
    private readonly KubernetesMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly RepeatedErrorGate _gate;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _what;

    /// <summary>Where to go on from; null: a list is needed.</summary>
    private string? _version;

    /// <summary>What the next list asks for: 0 for what is at hand, null for the newest.</summary>
    private string? _listVersion = "0";

    private Backoff _backoff;
    private int _failuresInARow;
    private bool _failing;
    private volatile string? _problem;
    private long _lastContactTicks;

    /// <param name="request">What to keep.</param>
    /// <param name="client">Asks the API server.</param>
    /// <param name="kubelet">Stands in for the API server; null for none.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock of waits and time-outs.</param>
    /// <param name="random">Spreads requests over time.</param>
    /// <param name="log">Gets what goes wrong.</param>
    public ResourceWatch(
        ResourceRequest request,
        ClusterClient client,
        KubeletPods? kubelet,
        KubernetesMetrics metrics,
        TimeProvider time,
        Random random,
        ILogger log)
    {
        _request = request;
        _client = client;
        _kubelet = kubelet;
        _metrics = metrics;
        _time = time;
        _random = random;
        _log = log;
        _gate = new RepeatedErrorGate(time);
        _what = request.ToString();
        _backoff = NewBackoff();
        Objects = new ObjectStore(request.Kind, metrics);
        _lister = new ObjectLister(client, request.Kind, Objects, metrics, time, log);
    }

    public ObjectStore Objects { get; }

    /// <summary>Completes when all objects were read once.</summary>
    public Task Synced => _synced.Task;

    /// <summary>Why changes are not seen at present; null when they are.</summary>
    public string? Problem => _problem;

    /// <summary>When the server last said something; null before the first time.</summary>
    public DateTimeOffset? LastContact =>
        Volatile.Read(ref _lastContactTicks) is > 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public async Task RunAsync(CancellationToken stop)
    {
        _metrics.Watches(_request.Kind).Increment();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await RunOnceAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            SetFailing(false);
            _metrics.Watches(_request.Kind).Decrement();
            _metrics.Objects(_request.Kind).Add(-Objects.Count);
        }
    }

    private async Task RunOnceAsync(CancellationToken stop)
    {
        try
        {
            if (_version is null)
            {
                await ListAsync(stop);
            }

            await WatchAsync(_version ?? "0", stop);
        }
        catch (KubernetesException error)
        {
            await WaitAsync(error, stop);
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            // Nobody foresaw it, and a watch that ended by it would leave its jobs with the targets of this moment for good.
            await WaitAsync(new KubernetesException($"{_what}: {error.GetType().Name}: {error.Message}", error), stop);
        }
    }

    private async Task ListAsync(CancellationToken stop)
    {
        (Dictionary<ObjectKey, KubernetesObject> objects, string version) =
            await _lister.ListAsync(next => _request.ListPath(_listVersion, next), $"list of {_what}", stop);
        Objects.Replace(objects);
        _version = version;
        _synced.TrySetResult();
        KubernetesLog.Listed(_log, _what, objects.Count, version);
        Works();
    }

    private async Task WatchAsync(string version, CancellationToken stop)
    {
        string what = $"watch of {_what}";
        string path = _request.WatchPath(version, _random.Next(MinTimeoutSeconds, MaxTimeoutSeconds + 1));
        using HttpResponseMessage response = await _client.GetAsync(path, what, acceptGzip: false, stop);
        Works();
        long opened = _time.GetTimestamp();
        using CancellationTokenSource silence = new(SilenceLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
        bool any = false;
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(either.Token);
            using LineReader lines = new(body, ObjectLister.MaxObjectBytes);
            while (await lines.ReadAsync(either.Token) is { } line)
            {
                Handle(line.Span, what);
                Progressed();
                any = true;
                silence.CancelAfter(SilenceLimit);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Silent for too long: asked for anew from where it was, which costs the server next to nothing.
            return;
        }
        catch (Exception error) when (error is HttpRequestException || error is IOException and not KubernetesException)
        {
            throw new KubernetesConnectionException(what, error);
        }

        if (!any && _time.GetElapsedTime(opened) < s_shortWatch)
        {
            throw new KubernetesException($"{what}: it ended at once");
        }

        Progressed();
    }

    private void Handle(ReadOnlySpan<byte> line, string what)
    {
        WatchEvent happened = WatchEvent.Parse(line);
        switch (happened.Type)
        {
            case WatchEventType.Error:
                throw Refusal(happened.Json, what);
            case WatchEventType.Added or WatchEventType.Modified:
                if (_lister.TryRead(happened.Json, _what) is { } item)
                {
                    Objects.Put(item);
                }

                break;
            case WatchEventType.Deleted:
                if (ObjectLister.TryReadKey(happened.Json) is { } key)
                {
                    Objects.Remove(key);
                }

                break;
        }

        _version = ObjectVersion.Find(happened.Json) ?? _version;
    }

    private static KubernetesStatusException Refusal(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            StatusJson? status = JsonSerializer.Deserialize(json, KubernetesJson.Default.StatusJson);
            return ClusterClient.Refusal(what, status?.Code ?? 500, status, "no reason given", null);
        }
        catch (JsonException error)
        {
            throw new KubernetesException($"{what}: the server sent an error that cannot be read: {error.Message}", error);
        }
    }

    private async Task WaitAsync(KubernetesException error, CancellationToken stop)
    {
        _metrics.CountFailure(_request.Kind, error.Reason);
        _failuresInARow++;
        TimeSpan delay;
        if (error.IsExpired && _failuresInARow == 1)
        {
            KubernetesLog.Relists(_log, _what, error.Message);
            delay = s_relistSpread * _random.NextDouble();
        }
        else
        {
            SetFailing(true);
            _problem = error.Message;
            delay = _backoff.Next(error.RetryAfter);
            LogFailure(error, delay);
            await AskKubeletAsync(error, stop);
        }

        bool listFailed = _version is null;
        if (error.IsExpired || _failuresInARow >= FailuresBeforeList)
        {
            _version = null;
        }

        // The newest state needs the server's own store; without that there is still what the server has at hand.
        _listVersion = error.IsExpired && !(listFailed && _listVersion is null) ? null : "0";
        await Task.Delay(delay, _time, stop);
    }

    private void LogFailure(KubernetesException error, TimeSpan delay)
    {
        if (_gate.ShouldLog(error.Message, out long held))
        {
            KubernetesLog.RequestFailed(_log, error.Message, _what, delay.TotalSeconds, held);
        }
    }

    /// <summary>A refusal is an answer: only a server that cannot answer is stood in for.</summary>
    private async Task AskKubeletAsync(KubernetesException error, CancellationToken stop)
    {
        if (_kubelet is null || error is KubernetesStatusException { Code: < 500 })
        {
            return;
        }

        try
        {
            Dictionary<ObjectKey, KubernetesObject> pods = await _kubelet.ListAsync(Objects, stop);
            Objects.Replace(pods);

            // What happened meanwhile is in the kubelet's list already: the API server has to be asked for all of it.
            _version = null;
            _synced.TrySetResult();
            KubernetesLog.FromKubelet(_log, error.Message, pods.Count);
        }
        catch (KubernetesException kubeletError)
        {
            KubernetesLog.KubeletFailed(_log, kubeletError.Message);
        }
    }

    /// <summary>The server answers.</summary>
    private void Works()
    {
        SetFailing(false);
        _problem = null;
        Volatile.Write(ref _lastContactTicks, _time.GetUtcNow().UtcTicks);
        if (_gate.Recovered(out long held))
        {
            KubernetesLog.Recovered(_log, _what, held);
        }
    }

    /// <summary>Something came of it: the next failure begins to count anew.</summary>
    private void Progressed()
    {
        _failuresInARow = 0;
        _backoff = NewBackoff();
        Volatile.Write(ref _lastContactTicks, _time.GetUtcNow().UtcTicks);
    }

    private Backoff NewBackoff() => new(s_minRetry, s_maxRetry, _random, RetryJitter);

    private void SetFailing(bool failing)
    {
        if (failing != _failing)
        {
            _failing = failing;
            _metrics.Blind.Add(failing ? 1 : -1);
        }
    }
}
