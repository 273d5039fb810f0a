namespace AmpEdge.Prometheus;

/// <summary>What a parser's <c>Next</c> found.</summary>
public enum ExpositionEntry
{
    /// <summary>The page ended as its format wants it to.</summary>
    EndOfPage,

    /// <summary>The page is malformed; the parser's <c>Error</c> says where and how.</summary>
    Error,

    Series,

    /// <summary>A native histogram, in protobuf only.</summary>
    Histogram,

    Help,
    Type,
    Unit,
    Comment,
}
