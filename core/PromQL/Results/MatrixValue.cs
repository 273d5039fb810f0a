namespace AmpEdge.PromQL;

/// <summary>
/// Points over time per series: the result of a range query, ordered by labels, or of a range selector in an instant
/// query.
/// </summary>
public sealed class MatrixValue : QueryValue
{
    private readonly MatrixSeries[] _series;

    internal MatrixValue(MatrixSeries[] series) => _series = series;

    /// <summary>How many series there are; each has at least one point.</summary>
    public int Count => _series.Length;

    public ReadOnlySpan<MatrixSeries> Series => _series;
}
