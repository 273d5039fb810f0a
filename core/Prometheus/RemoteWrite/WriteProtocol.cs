namespace AmpEdge.Prometheus;

/// <summary>The two messages of remote write.</summary>
public enum WriteProtocol
{
    /// <summary><c>prometheus.WriteRequest</c>.</summary>
    V1,

    /// <summary><c>io.prometheus.write.v2.Request</c>.</summary>
    V2,
}
