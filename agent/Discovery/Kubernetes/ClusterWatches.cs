using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// All watches of the process. Who asks for the same objects of the same server with the same credentials gets the same
/// watch, and a reload that keeps asking keeps it. Thread-safe.
/// </summary>
internal sealed class ClusterWatches
{
    private readonly Lock _watchesLock = new();
    private readonly Dictionary<(string Access, ResourceRequest Request), RunningWatch> _watches = [];
    private readonly Dictionary<string, SharedClient> _clients = new(StringComparer.Ordinal);
    private readonly Func<HttpClientConfig, HttpMessageInvoker> _createHttp;
    private readonly KubernetesMetrics _metrics;
    private readonly KubernetesSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public ClusterWatches(
        Func<HttpClientConfig, HttpMessageInvoker> createHttp,
        KubernetesMetrics metrics,
        KubernetesSettings settings,
        TimeProvider time,
        ILogger log)
    {
        _createHttp = createHttp;
        _metrics = metrics;
        _settings = settings;
        _time = time;
        _log = log;
    }

    /// <summary>A share of the watch for a request; it runs from the first share on.</summary>
    public WatchLease Acquire(ClusterAccess access, ResourceRequest request)
    {
        string signature = access.Signature();
        lock (_watchesLock)
        {
            if (!_watches.TryGetValue((signature, request), out RunningWatch? running))
            {
                running = Start(access, signature, request);
                _watches.Add((signature, request), running);
            }

            running.Users++;
            return new WatchLease(running.Watch, () => ReleaseAsync(signature, request));
        }
    }

    private RunningWatch Start(ClusterAccess access, string signature, ResourceRequest request)
    {
        if (!_clients.TryGetValue(signature, out SharedClient? client))
        {
            client = new SharedClient(CreateClient(access.Server, access.HttpClient));
            _clients.Add(signature, client);
        }

        client.Users++;
        KubeletPods? kubelet = CreateKubelet(access, request);
        ResourceWatch watch = new(request, client.Client, kubelet, _metrics, _time, NewRandom(), _log);
        return new RunningWatch(watch, kubelet);
    }

    /// <summary>The kubelet knows the pods of its node and selects nothing else.</summary>
    private KubeletPods? CreateKubelet(ClusterAccess access, ResourceRequest request)
    {
        bool standsIn = _settings.Kubelet is not null && request.Kind == ResourceKind.Pods
            && request.LabelSelector.Length == 0
            && _settings.LocalNode.Length > 0 && request.FieldSelector == NodeLocal.PodsOf(_settings.LocalNode);
        if (!standsIn || _settings.Kubelet is not { } url)
        {
            return null;
        }

        HttpClientConfig http = new()
        {
            Authorization = access.HttpClient.Authorization,
            Tls = access.HttpClient.Tls with
            {
                ServerName = "",
                InsecureSkipVerify = access.HttpClient.Tls.InsecureSkipVerify || _settings.KubeletInsecure,
            },
        };
        return new KubeletPods(CreateClient(url, http), request.Namespace, _metrics, _time, _log);
    }

    private ClusterClient CreateClient(Uri server, HttpClientConfig http) =>
        new(server, _createHttp(http), _time, _log);

    private async ValueTask ReleaseAsync(string signature, ResourceRequest request)
    {
        RunningWatch ended;
        lock (_watchesLock)
        {
            ended = _watches[(signature, request)];
            if (--ended.Users > 0)
            {
                return;
            }

            _watches.Remove((signature, request));
        }

        await ended.DisposeAsync();
        lock (_watchesLock)
        {
            SharedClient client = _clients[signature];
            if (--client.Users == 0)
            {
                _clients.Remove(signature);
                client.Client.Dispose();
            }
        }
    }

    private static Random NewRandom() => new(RandomSeed.Next());

    /// <summary>A watch at work, with the number of those who share it.</summary>
    private sealed class RunningWatch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly KubeletPods? _kubelet;
        private readonly Task _work;

        public RunningWatch(ResourceWatch watch, KubeletPods? kubelet)
        {
            Watch = watch;
            _kubelet = kubelet;
            _work = Task.Run(() => watch.RunAsync(_stop.Token), CancellationToken.None);
        }

        public ResourceWatch Watch { get; }

        public int Users { get; set; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _work;
            _stop.Dispose();
            _kubelet?.Dispose();
        }
    }

    /// <summary>Connections to a server, with the number of watches that use them.</summary>
    private sealed class SharedClient(ClusterClient client)
    {
        public ClusterClient Client { get; } = client;

        public int Users { get; set; }
    }
}
