using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>An operator between every series of a vector and a scalar. A filter keeps the vector's values, on either side.</summary>
internal sealed class VectorScalarStream(
    SeriesStream vector, ScalarColumn scalar, BinaryExpr binary, bool vectorIsLeft, AnnotationWriter annotations)
    : WrappingStream(vector)
{
    private readonly HistogramOperator _histograms = new(binary, annotations);

    public override Span<FloatHistogram?> Histograms => Source.Histograms;

    public override bool MoveNext()
    {
        if (!Source.MoveNext())
        {
            return false;
        }

        Span<double> values = Source.Values;
        ReadOnlySpan<double> left = vectorIsLeft ? values : scalar.Values;
        ReadOnlySpan<double> right = vectorIsLeft ? scalar.Values : values;
        if (binary.Operator.IsArithmetic())
        {
            BinaryOperation.Compute(binary.Operator, left, right, values);
        }
        else if (binary.ReturnBool)
        {
            BinaryOperation.Compare(binary.Operator, left, right, values);
        }
        else if (binary.Operator.IsComparison())
        {
            BinaryOperation.Filter(binary.Operator, left, right, values, values);
        }

        MixedColumn vectorColumn = new(values, Source.Histograms);
        MixedColumn scalarColumn = new(scalar.Values, default);
        MixedColumn leftColumn = vectorIsLeft ? vectorColumn : scalarColumn;
        MixedColumn rightColumn = vectorIsLeft ? scalarColumn : vectorColumn;
        if (_histograms.Concerns(leftColumn, rightColumn))
        {
            _histograms.Apply(leftColumn, rightColumn, values, Source.Histograms);
        }

        return true;
    }
}
