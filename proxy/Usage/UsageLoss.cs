namespace AmpEdge.Proxy.Usage;

/// <summary>What was not taken into account. The numbers of the members are persisted.</summary>
internal enum UsageLoss : byte
{
    /// <summary>Writes that others stand for: the estimates are scaled for them.</summary>
    PassedOverWrites = 0,

    /// <summary>Writes whose body could not be read.</summary>
    UnreadableWrites = 1,

    /// <summary>Reads that came while the queue was full.</summary>
    DroppedReads = 2,

    /// <summary>Queries that are no PromQL: the names in them count as read.</summary>
    UnreadableQueries = 3,

    /// <summary>Written series of metrics beyond the bound.</summary>
    MetricsOverBound = 4,

    /// <summary>Reads of names or patterns beyond the bound: these may make a metric look unused.</summary>
    ReadsOverBound = 5,

    /// <summary>Requests of workspaces beyond the bound.</summary>
    WorkspacesOverBound = 6,
}
