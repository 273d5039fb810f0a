using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Room to read a histogram and the one before it into, for comparing them. Reused.</summary>
internal sealed class HistogramPair
{
    public Histogram Previous { get; } = new();

    public Histogram Next { get; } = new();
}
