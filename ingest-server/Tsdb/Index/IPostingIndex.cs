using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>What <see cref="PostingsSearch{TIndex}"/> needs of an index: lists of series, by the values of their labels.</summary>
internal interface IPostingIndex
{
    /// <summary>The ids of series are below this.</summary>
    uint IdEnd { get; }

    /// <summary>Adds the series that have a label with a value.</summary>
    void AddSeriesOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, IdUnion union);

    /// <summary>Adds the series that have the matcher's label with a value that it takes, or with one that it does not.</summary>
    void AddSeriesWhere(Matcher matcher, bool matching, IdUnion union, CancellationToken cancel);

    /// <summary>Adds all series.</summary>
    void AddAll(IdUnion union);

    /// <summary>The names of labels with the number of their values, in no order; the number may be a little old.</summary>
    IEnumerable<(byte[] Name, int Values)> CountedNames();

    /// <summary>How many values a label has; 0 when no series has it.</summary>
    int CountValues(ReadOnlySpan<byte> name);

    /// <summary>Shows the posting lists of the values of a label, in no order.</summary>
    void VisitLists(ReadOnlySpan<byte> name, IListVisitor visitor, CancellationToken cancel);
}
