using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>One metric over all observers.</summary>
internal sealed class MetricSum(string workspace, byte[] name)
{
    public string Workspace { get; } = workspace;

    public byte[] Name { get; } = name;

    public double SamplesPerSecond { get; private set; }

    /// <summary>Those of all observers, each once.</summary>
    public DistinctCounter Series { get; } = new();

    public long LastMs { get; private set; }

    public ReadTally Readers { get; } = new();

    /// <summary>Adds what one observer saw within its last two periods; of one that is gone, with infinite seconds, only the time.</summary>
    public void Add(MetricWrites written, long period, double seconds)
    {
        LastMs = Math.Max(LastMs, written.LastMs);
        if (double.IsPositiveInfinity(seconds))
        {
            return;
        }

        foreach (PeriodWrites writes in (ReadOnlySpan<PeriodWrites>)[written.CurrentAt(period), written.PreviousAt(period)])
        {
            SamplesPerSecond += writes.Samples / seconds;
            if (writes.Series is { } series)
            {
                Series.Merge(series);
            }
        }
    }
}
