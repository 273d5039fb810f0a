using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>One series of a <see cref="MemoryQueryable"/>, with its samples by time.</summary>
public sealed class MemorySeries(Labels labels)
{
    public Labels Labels { get; } = labels;

    /// <summary>Float samples and staleness markers by milliseconds.</summary>
    public SortedList<long, double> Samples { get; } = [];

    /// <summary>When the series has native histograms, which the store cannot hold yet.</summary>
    public SortedSet<long> HistogramTimes { get; } = [];

    public MemorySeries Copy()
    {
        MemorySeries copy = new(Labels);
        copy.TakeOver(this);
        return copy;
    }

    /// <summary>Adds the samples of another series; its values replace those of the same time.</summary>
    public void TakeOver(MemorySeries other)
    {
        foreach ((long timeMs, double value) in other.Samples)
        {
            Samples[timeMs] = value;
        }

        HistogramTimes.UnionWith(other.HistogramTimes);
    }
}
