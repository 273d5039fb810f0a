namespace AmpEdge.PromQL;

/// <summary>
/// An aggregation that needs of each group only a few columns: series are added one by one and forgotten. Groups are
/// numbered from 0 in the order of <see cref="AddGroup"/>.
/// </summary>
internal abstract class GroupAggregation
{
    /// <summary>The memory of a group before it has members, per step of the query.</summary>
    public abstract int BytesPerStep { get; }

    /// <summary>Makes room for one more group.</summary>
    public abstract void AddGroup();

    /// <summary>Takes in the values of one series.</summary>
    public abstract void Accumulate(int group, ReadOnlySpan<double> values);

    /// <summary>Writes the result of a group; missing at steps where no member had a value.</summary>
    public abstract void Finish(int group, Span<double> result);
}
