namespace AmpEdge.Prometheus;

/// <summary>Where the buckets of native histograms begin and end.</summary>
public static class HistogramBounds
{
    private const int MaxSchema = 8;

    /// <summary>
    /// The bounds of the finest schema between one half and one, as Prometheus has them: the nearest doubles less some units
    /// of the last place, one digit for each, which is one too high. Bounds are shown in full, so the last place counts.
    /// </summary>
    private const string LastPlaces =
        "1111112111211111112311222222222211211121122211221122102211221122"
        + "1111112222332132112111211112111111121011213311221222112121332222"
        + "2121223322322122222222323233323311221121223321332233212232332232"
        + "2243223233433343333333444455435422322333324422333243223333543344";

    private static readonly double[] s_fractions = MakeFractions();

    /// <summary>
    /// The end, away from zero, of the bucket with an index; that of the bucket before it is where it begins.
    /// </summary>
    /// <param name="schema">From -4 to 8, or <see cref="FloatHistogram.CustomBucketsSchema"/>.</param>
    /// <param name="index">The bucket's index; -1 with custom bounds for where the first one begins.</param>
    /// <param name="customValues">The bounds of the custom schema.</param>
    public static double Of(int schema, int index, ReadOnlySpan<double> customValues)
    {
        if (schema == FloatHistogram.CustomBucketsSchema)
        {
            return index < 0 ? double.NegativeInfinity
                : index >= customValues.Length ? double.PositiveInfinity
                : customValues[index];
        }

        // The last bucket of numbers would end at what only infinity is; there is another bucket for that.
        if (schema < 0)
        {
            long exponent = (long)index << -schema;
            return exponent == 1024 ? double.MaxValue : Math.ScaleB(1, Clamp(exponent));
        }

        double fraction = s_fractions[(index & ((1 << schema) - 1)) << (MaxSchema - schema)];
        int power = (index >> schema) + 1;
        return fraction == 0.5 && power == 1025 ? double.MaxValue : Math.ScaleB(fraction, power);
    }

    private static int Clamp(long exponent) => (int)Math.Clamp(exponent, -2000, 2000);

    private static double[] MakeFractions()
    {
        double[] fractions = new double[1 << MaxSchema];
        for (int index = 0; index < fractions.Length; index++)
        {
            double nearest = Math.Pow(2, (index / (double)fractions.Length) - 1);
            fractions[index] = BitConverter.UInt64BitsToDouble(
                BitConverter.DoubleToUInt64Bits(nearest) - (ulong)(LastPlaces[index] - '1'));
        }

        return fractions;
    }
}
