using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A binary operator at the steps where a native histogram stands on either side. Types that an operator does not know, and
/// buckets that cannot be brought together, give no result and an annotation.
/// </summary>
internal sealed class HistogramOperator(BinaryExpr binary, AnnotationWriter annotations)
{
    private const string Histogram = "histogram";
    private const string Float = "float";

    private readonly HistogramAccumulator _sum = new(compensated: false);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>Whether the operator has to be asked at all: its columns of numbers say everything else.</summary>
    public bool Concerns(MixedColumn left, MixedColumn right) =>
        left.HasHistograms || right.HasHistograms || binary.Operator.IsTrim();

    /// <summary>
    /// Computes the steps with a histogram on either side into <paramref name="values"/> (for <c>bool</c>) and
    /// <paramref name="histograms"/>; of the others it leaves the values as they are.
    /// </summary>
    public void Apply(MixedColumn left, MixedColumn right, Span<double> values, Span<FloatHistogram?> histograms)
    {
        for (int step = 0; step < values.Length; step++)
        {
            FloatHistogram? leftHistogram = left.Histogram(step);
            FloatHistogram? rightHistogram = right.Histogram(step);
            bool isMissing = (leftHistogram is null && Missing.IsMissing(left.Value(step)))
                || (rightHistogram is null && Missing.IsMissing(right.Value(step)));
            bool isOfFloats = leftHistogram is null && rightHistogram is null && !binary.Operator.IsTrim();
            if (isOfFloats)
            {
                SetHistogram(histograms, step, null);
                continue;
            }

            FloatHistogram? result = null;
            double value = Missing.Value;
            if (!isMissing)
            {
                result = Combine(left.Value(step), leftHistogram, right.Value(step), rightHistogram, out value);
            }

            values[step] = value;
            SetHistogram(histograms, step, result);
        }
    }

    private static void SetHistogram(Span<FloatHistogram?> histograms, int step, FloatHistogram? histogram)
    {
        if (!histograms.IsEmpty)
        {
            histograms[step] = histogram;
        }
    }

    /// <summary>A histogram, or a value for <c>bool</c>, or neither.</summary>
    private FloatHistogram? Combine(
        double left, FloatHistogram? leftHistogram, double right, FloatHistogram? rightHistogram, out double value)
    {
        value = Missing.Value;
        switch (binary.Operator)
        {
            case BinaryOperator.Multiply when leftHistogram is null && rightHistogram is not null:
                return HistogramScaling.Compact(HistogramScaling.Multiply(rightHistogram, left));
            case BinaryOperator.Multiply when leftHistogram is not null && rightHistogram is null:
                return HistogramScaling.Compact(HistogramScaling.Multiply(leftHistogram, right));
            case BinaryOperator.Divide when leftHistogram is not null && rightHistogram is null:
                return HistogramScaling.Compact(HistogramScaling.Divide(leftHistogram, right));
            case BinaryOperator.TrimUpper or BinaryOperator.TrimLower when leftHistogram is not null && rightHistogram is null:
                return HistogramTrim.Of(leftHistogram, right, keepBelow: binary.Operator == BinaryOperator.TrimUpper);
            case BinaryOperator.Add or BinaryOperator.Subtract when leftHistogram is not null && rightHistogram is not null:
                return Add(leftHistogram, rightHistogram);
            case BinaryOperator.Equal or BinaryOperator.NotEqual when leftHistogram is not null && rightHistogram is not null:
                bool holds = HistogramEquality.AreEqual(leftHistogram, rightHistogram)
                    == (binary.Operator == BinaryOperator.Equal);
                value = binary.ReturnBool ? holds ? 1 : 0 : Missing.Value;
                return holds && !binary.ReturnBool ? leftHistogram : null;
            default:
                Say(annotations.Inform, HistogramNotes.IncompatibleTypes(
                    leftHistogram is null ? Float : Histogram,
                    binary.Operator.Symbol(),
                    rightHistogram is null ? Float : Histogram));
                return null;
        }
    }

    private FloatHistogram? Add(FloatHistogram left, FloatHistogram right)
    {
        bool isSum = binary.Operator == BinaryOperator.Add;
        HistogramOperation operation = isSum ? HistogramOperation.Addition : HistogramOperation.Subtraction;
        _sum.Load(left);
        HistogramCombination noticed = _sum.Add(right, isSum ? 1 : -1);
        if (noticed.HasFlag(HistogramCombination.Incompatible))
        {
            Say(annotations.Warn, HistogramNotes.IncompatibleLayout(binary.Operator.Symbol()));
            return null;
        }

        if (noticed.HasFlag(HistogramCombination.ResetsCollide))
        {
            // As in Prometheus, where the warning takes the place of the result.
            Say(annotations.Warn, HistogramNotes.ResetsCollide(operation));
            return null;
        }

        if (noticed.HasFlag(HistogramCombination.BoundsReconciled))
        {
            Say(annotations.Inform, HistogramNotes.BoundsReconciled(operation));
        }

        _sum.Hint = isSum ? _sum.Hint : CounterResetHint.Gauge;
        return _sum.ToHistogram(compact: true);
    }

    private void Say(Action<int, string> say, string text)
    {
        if (_said.Add(text))
        {
            say(binary.Position.Start, text);
        }
    }
}
