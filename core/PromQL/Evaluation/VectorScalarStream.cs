namespace AmpEdge.PromQL;

/// <summary>An operator between every series of a vector and a scalar. A filter keeps the vector's values, on either side.</summary>
internal sealed class VectorScalarStream(SeriesStream vector, ScalarColumn scalar, BinaryExpr binary, bool vectorIsLeft)
    : WrappingStream(vector)
{
    public override bool MoveNext()
    {
        if (!Source.MoveNext())
        {
            return false;
        }

        Span<double> values = Source.Values;
        ReadOnlySpan<double> left = vectorIsLeft ? values : scalar.Values;
        ReadOnlySpan<double> right = vectorIsLeft ? scalar.Values : values;
        if (!binary.Operator.IsComparison())
        {
            BinaryOperation.Compute(binary.Operator, left, right, values);
        }
        else if (binary.ReturnBool)
        {
            BinaryOperation.Compare(binary.Operator, left, right, values);
        }
        else
        {
            BinaryOperation.Filter(binary.Operator, left, right, values, values);
        }

        return true;
    }
}
