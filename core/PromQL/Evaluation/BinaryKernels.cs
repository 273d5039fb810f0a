namespace AmpEdge.PromQL;

/// <summary>Binary operators over columns: a step has a result where both sides have a value.</summary>
internal static class BinaryKernels
{
    /// <summary>Computes <c>left operator right</c> into <paramref name="result"/>, which may be one of the two.</summary>
    public static void Arithmetic<TOperation>(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result)
        where TOperation : struct, IArithmeticOperation
    {
        for (int step = 0; step < result.Length; step++)
        {
            double leftValue = left[step];
            double rightValue = right[step];
            result[step] = Missing.IsMissing(leftValue) || Missing.IsMissing(rightValue)
                ? Missing.Value
                : TOperation.Apply(leftValue, rightValue);
        }
    }

    /// <summary>1 where the comparison holds and 0 where it does not: the modifier <c>bool</c>.</summary>
    public static void Compare<TComparison>(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result)
        where TComparison : struct, IComparisonOperation
    {
        for (int step = 0; step < result.Length; step++)
        {
            double leftValue = left[step];
            double rightValue = right[step];
            result[step] = Missing.IsMissing(leftValue) || Missing.IsMissing(rightValue)
                ? Missing.Value
                : TComparison.Holds(leftValue, rightValue) ? 1 : 0;
        }
    }

    /// <summary>The value of <paramref name="kept"/> where the comparison holds, missing elsewhere.</summary>
    public static void Filter<TComparison>(
        ReadOnlySpan<double> left, ReadOnlySpan<double> right, ReadOnlySpan<double> kept, Span<double> result)
        where TComparison : struct, IComparisonOperation
    {
        for (int step = 0; step < result.Length; step++)
        {
            double leftValue = left[step];
            double rightValue = right[step];
            bool holds = !Missing.IsMissing(leftValue)
                && !Missing.IsMissing(rightValue)
                && TComparison.Holds(leftValue, rightValue);
            result[step] = holds ? kept[step] : Missing.Value;
        }
    }
}
