namespace AmpEdge.Hosting;

/// <summary>The kinds of metric that our own <c>/metrics</c> pages carry.</summary>
public enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
    Summary,
}
