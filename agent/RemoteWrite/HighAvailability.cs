using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The labels by which Amazon Managed Prometheus, Cortex and Mimir take the samples of one of several equal agents: all of them
/// send the same <c>cluster</c>, each its own <c>__replica__</c>.
/// </summary>
/// <remarks>
/// The receiver decides for a whole request by its first series, so a scraped series with a label of one of these names, which
/// stands, makes it take samples of the wrong replica: such series are counted and told of. Thread-safe.
/// </remarks>
internal sealed class HighAvailability
{
    private readonly string _cluster;
    private readonly string _replica;
    private readonly CounterMetric _clashes;
    private readonly RepeatedErrorGate _gate;
    private readonly ILogger _logger;

    /// <param name="cluster">The name that equal agents share; empty for no such labels.</param>
    /// <param name="replica">This agent's own name.</param>
    /// <param name="registry">Where clashes are counted.</param>
    /// <param name="time">The clock of the log.</param>
    /// <param name="logger">Where clashes are told of.</param>
    public HighAvailability(string cluster, string replica, MetricRegistry registry, TimeProvider time, ILogger logger)
    {
        _cluster = cluster;
        _replica = replica;
        _gate = new RepeatedErrorGate(time);
        _logger = logger;
        _clashes = registry.Counter(
            "ampedge_ha_clashing_series_total",
            "Scraped series that have a cluster or __replica__ label of their own while the agent is one of several.");
    }

    private static ReadOnlySpan<byte> ClusterLabel => "cluster"u8;

    private static ReadOnlySpan<byte> ReplicaLabel => "__replica__"u8;

    /// <summary>The external labels of a configuration with ours, which come before its own of the same names.</summary>
    public Labels AddTo(Labels externalLabels)
    {
        if (_cluster.Length == 0)
        {
            return externalLabels;
        }

        LabelsBuilder labels = new();
        foreach (LabelPair label in externalLabels)
        {
            labels.Set(label.Name, label.Value);
        }

        labels.Set(ClusterLabel, System.Text.Encoding.UTF8.GetBytes(_cluster));
        labels.Set(ReplicaLabel, System.Text.Encoding.UTF8.GetBytes(_replica));
        return labels.Build();
    }

    /// <summary>Notes a series that begins to be scraped.</summary>
    public void Check(Labels series)
    {
        if (_cluster.Length > 0 && (series.Has(ClusterLabel) || series.Has(ReplicaLabel)))
        {
            _clashes.Increment();
            if (_gate.ShouldLog("clash", out long heldBack))
            {
                RemoteWriteLog.HaClash(_logger, series.ToString(), heldBack);
            }
        }
    }
}
