using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The rows of a matrix as a stream. The consumer owns the values, so a matrix is streamed once.</summary>
internal sealed class MatrixStream(SeriesMatrix matrix) : SeriesStream
{
    private int _row = -1;

    public override Labels Labels => matrix.Labels(_row);

    public override bool DropName => matrix.DropName(_row);

    public override Span<double> Values => matrix.Values(_row);

    public override Span<FloatHistogram?> Histograms => matrix.Histograms(_row);

    public override bool NamesVary => matrix.NamesVary;

    public override bool MoveNext() => ++_row < matrix.Count;
}
