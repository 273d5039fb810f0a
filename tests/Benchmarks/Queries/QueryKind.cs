namespace AmpEdge.Benchmarks.Queries;

/// <summary>What a dashboard asks for.</summary>
internal enum QueryKind
{
    /// <summary>An expression over the whole data at some two hundred and forty steps.</summary>
    Range,

    /// <summary>An expression at the end of the data.</summary>
    Instant,

    /// <summary>A list of labels, values or series: the rest of a path, which takes parameters.</summary>
    List,
}
