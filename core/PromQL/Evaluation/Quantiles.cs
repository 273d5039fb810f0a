namespace AmpEdge.PromQL;

/// <summary>The quantile of a set of values, interpolated between neighbours; NaN counts as the smallest value.</summary>
internal static class Quantiles
{
    /// <summary>Sorts <paramref name="values"/> in place. Outside of 0 to 1 the result is an infinity.</summary>
    public static double Of(double quantile, Span<double> values)
    {
        if (values.IsEmpty || double.IsNaN(quantile))
        {
            return double.NaN;
        }

        if (quantile is < 0 or > 1)
        {
            return quantile < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        values.Sort();
        double rank = quantile * (values.Length - 1);
        double lower = Math.Max(0, Math.Floor(rank));
        double upper = Math.Min(values.Length - 1, lower + 1);
        double weight = rank - Math.Floor(rank);
        return (values[(int)lower] * (1 - weight)) + (values[(int)upper] * weight);
    }

    /// <summary>Tells whether a quantile argument deserves a warning.</summary>
    public static bool IsInvalid(double quantile) => !(quantile is >= 0 and <= 1);
}
