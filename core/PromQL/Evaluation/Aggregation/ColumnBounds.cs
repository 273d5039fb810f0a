namespace AmpEdge.PromQL;

/// <summary>What the parameter of an aggregation does over all steps; NaN takes no part in the extremes.</summary>
internal readonly record struct ColumnBounds(double Minimum, double Maximum, bool HasNaN)
{
    public static ColumnBounds Of(ReadOnlySpan<double> values)
    {
        double minimum = double.PositiveInfinity;
        double maximum = double.NegativeInfinity;
        bool hasNaN = false;
        foreach (double value in values)
        {
            hasNaN |= double.IsNaN(value);
            minimum = value < minimum ? value : minimum;
            maximum = value > maximum ? value : maximum;
        }

        return new ColumnBounds(minimum, maximum, hasNaN);
    }
}
