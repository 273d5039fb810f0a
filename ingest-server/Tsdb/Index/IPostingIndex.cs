using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>What searches need of an index: lists of series, by the values of their labels.</summary>
internal interface IPostingIndex
{
    /// <summary>The ids of series are below this.</summary>
    uint IdEnd { get; }

    /// <summary>The series that have a label with a value; an empty list when there are none.</summary>
    PostingList ListOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>The ids of a list; one that stands alone may be written to <paramref name="single"/>.</summary>
    ReadOnlySpan<uint> Ids(in PostingList list, Span<uint> single);

    /// <summary>Adds the series that have the matcher's label with a value that it takes, or with one that it does not.</summary>
    void AddSeriesWhere(Matcher matcher, bool matching, IdUnion union, CancellationToken cancel);

    /// <summary>The ids of all series, rising, for the caller to change.</summary>
    uint[] All();

    /// <summary>The names of labels with the number of their values, in no order; the number may be a little old.</summary>
    IEnumerable<(byte[] Name, int Values)> CountedNames();

    /// <summary>How many values a label has; 0 when no series has it.</summary>
    int CountValues(ReadOnlySpan<byte> name);

    /// <summary>Shows the posting lists of the values of a label, in no order.</summary>
    void VisitLists(ReadOnlySpan<byte> name, IListVisitor visitor, CancellationToken cancel);
}
