namespace AmpEdge.Prometheus;

/// <summary>The types of metric families. The numbers are those of remote write 1.0 and may not change.</summary>
public enum MetricType
{
    Unknown = 0,
    Counter = 1,
    Gauge = 2,
    Histogram = 3,
    GaugeHistogram = 4,
    Summary = 5,
    Info = 6,
    Stateset = 7,
}
