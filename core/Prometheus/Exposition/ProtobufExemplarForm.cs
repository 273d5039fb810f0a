namespace AmpEdge.Prometheus;

/// <summary>Where in a message a series' exemplars are.</summary>
internal enum ProtobufExemplarForm
{
    None,

    /// <summary>In a counter, or in a bucket of a classic histogram: one at most.</summary>
    Counter,
    Bucket,

    /// <summary>In a native histogram, or in its classic buckets when it has none itself; only those with a time.</summary>
    Histogram,
}
