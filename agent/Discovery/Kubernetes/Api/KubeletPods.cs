using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The pods of the agent's own node as its kubelet knows them: for when the API server is away.</summary>
internal sealed class KubeletPods : IDisposable
{
    private const string Path = "/pods";

    private readonly ClusterClient _kubelet;
    private readonly string _namespace;
    private readonly KubernetesMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <param name="kubelet">Asks the kubelet; owned from here on.</param>
    /// <param name="ofNamespace">Pods of others are left out; empty for all.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The clock of time-outs.</param>
    /// <param name="log">Gets what cannot be read.</param>
    public KubeletPods(
        ClusterClient kubelet, string ofNamespace, KubernetesMetrics metrics, TimeProvider time, ILogger log)
    {
        _kubelet = kubelet;
        _namespace = ofNamespace;
        _metrics = metrics;
        _time = time;
        _log = log;
    }

    /// <summary>All pods of the node.</summary>
    /// <exception cref="KubernetesException">The kubelet does not tell.</exception>
    public async Task<Dictionary<ObjectKey, KubernetesObject>> ListAsync(ObjectStore known, CancellationToken cancel)
    {
        ObjectLister lister = new(_kubelet, ResourceKind.Pods, known, _metrics, _time, _log);
        (Dictionary<ObjectKey, KubernetesObject> pods, _) = await lister.ListAsync(static _ => Path, "pods of the kubelet", cancel);
        foreach (ObjectKey key in new List<ObjectKey>(pods.Keys))
        {
            if (_namespace.Length > 0 && key.Namespace != _namespace)
            {
                pods.Remove(key);
            }
        }

        _metrics.KubeletReads.Increment();
        return pods;
    }

    public void Dispose() => _kubelet.Dispose();
}
