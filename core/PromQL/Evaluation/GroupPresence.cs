using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>At which steps a group of series has a member with a value.</summary>
internal sealed class GroupPresence(LabelGroups groups, int stepCount)
{
    private readonly List<bool[]> _present = [];

    /// <summary>Adds a series to its group.</summary>
    public void Add(Labels labels, ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms)
    {
        int group = groups.GetOrAdd(labels);
        if (group == _present.Count)
        {
            _present.Add(new bool[stepCount]);
        }

        bool[] present = _present[group];
        for (int step = 0; step < values.Length; step++)
        {
            present[step] |= !Missing.IsMissing(values[step]);
        }

        for (int step = 0; step < histograms.Length; step++)
        {
            present[step] |= histograms[step] is not null;
        }
    }

    /// <summary>The steps of a series' group; empty when it has no member.</summary>
    public ReadOnlySpan<bool> Find(Labels labels)
    {
        int group = groups.Find(labels);
        return group < 0 ? default : _present[group];
    }
}
