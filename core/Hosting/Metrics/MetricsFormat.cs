namespace AmpEdge.Hosting;

/// <summary>How a <c>/metrics</c> page is written.</summary>
public enum MetricsFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,
}
