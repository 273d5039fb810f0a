namespace AmpEdge.Prometheus;

/// <summary>The formats in which a page of metrics may come or go.</summary>
public enum ExpositionFormat
{
    /// <summary>Prometheus text 0.0.4: names of the old alphabet only.</summary>
    Text004,

    /// <summary>Prometheus text 1.0.0: names may be any UTF-8, quoted inside the braces.</summary>
    Text100,

    /// <summary>OpenMetrics 1.0.0 text.</summary>
    OpenMetrics100,

    /// <summary>Length-delimited protobuf messages.</summary>
    Protobuf,
}
