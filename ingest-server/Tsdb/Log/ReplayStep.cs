using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>What one record of the log does to the head: a request, or a deletion. Reused.</summary>
internal sealed class ReplayStep
{
    public PendingRequest Request { get; } = new();

    /// <summary>What a deletion is of; null for a request.</summary>
    public List<Matcher>? Deleted { get; set; }

    /// <summary>When it is of.</summary>
    public TimeInterval DeletedTimes { get; set; }

    public void Clear()
    {
        Request.Clear();
        Deleted = null;
    }
}
