using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>One series of a <see cref="MemoryQueryable"/>, with its samples by time.</summary>
public sealed class MemorySeries(Labels labels)
{
    public Labels Labels { get; } = labels;

    /// <summary>Float samples and staleness markers by milliseconds.</summary>
    public SortedList<long, double> Samples { get; } = [];

    /// <summary>Native histograms by milliseconds, at times without a float.</summary>
    public SortedList<long, FloatHistogram> Histograms { get; } = [];

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
            Histograms.Remove(timeMs);
        }

        foreach ((long timeMs, FloatHistogram histogram) in other.Histograms)
        {
            Histograms[timeMs] = histogram;
            Samples.Remove(timeMs);
        }
    }

    /// <summary>Gives the samples between two times, both inclusive, histograms with the hints that a store puts on them.</summary>
    internal void Decode(SampleBuffer samples, long startMs, long endMs)
    {
        StoredHints hints = new();
        int histogram = 0;
        foreach ((long timeMs, double value) in Samples)
        {
            DecodeHistograms(samples, startMs, Math.Min(endMs, timeMs), hints, ref histogram);
            hints.PassFloat();
            if (timeMs >= startMs && timeMs <= endMs)
            {
                samples.Append(timeMs, value);
            }
        }

        DecodeHistograms(samples, startMs, endMs, hints, ref histogram);
    }

    private void DecodeHistograms(SampleBuffer samples, long startMs, long endMs, StoredHints hints, ref int next)
    {
        while (next < Histograms.Count && Histograms.GetKeyAtIndex(next) <= endMs)
        {
            FloatHistogram stored = hints.Store(Histograms.GetValueAtIndex(next));
            if (Histograms.GetKeyAtIndex(next) >= startMs)
            {
                samples.Append(Histograms.GetKeyAtIndex(next), stored);
            }

            next++;
        }
    }
}
