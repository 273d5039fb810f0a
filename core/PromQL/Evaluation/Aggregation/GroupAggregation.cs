using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// An aggregation that needs of each group only a few columns: series are added one by one and forgotten. Groups are
/// numbered from 0 in the order of <see cref="AddGroup"/>.
/// </summary>
internal abstract class GroupAggregation(AggregationNotes notes)
{
    /// <summary>The memory of a group before it has members, per step of the query.</summary>
    public abstract int BytesPerStep { get; }

    protected AggregationNotes Notes { get; } = notes;

    /// <summary>Makes room for one more group.</summary>
    public abstract void AddGroup();

    /// <summary>Takes in the values of one series.</summary>
    public abstract void Accumulate(int group, ReadOnlySpan<double> values);

    /// <summary>
    /// Takes in the native histograms of one series that has some. An aggregation of numbers passes them by, and says so.
    /// </summary>
    public virtual void AccumulateHistograms(int group, Labels labels, ReadOnlySpan<FloatHistogram?> histograms)
    {
        if (histograms.ContainsAnyExcept((FloatHistogram?)null))
        {
            Notes.HistogramIgnored();
        }
    }

    /// <summary>Writes the result of a group; missing at steps where no member had a value.</summary>
    public abstract void Finish(int group, Span<double> result);

    /// <summary>The histograms that a group comes to, where its result has to be missing; null when there are none.</summary>
    public virtual FloatHistogram?[]? FinishHistograms(int group, Span<double> result) => null;
}
