namespace AmpEdge.PromQL;

/// <summary>A line through samples by least squares, with compensated sums.</summary>
/// <param name="Slope">Change per second.</param>
/// <param name="Intercept">The value at the time that was asked for.</param>
internal readonly record struct LinearRegression(double Slope, double Intercept)
{
    /// <summary>Fits a line; <paramref name="interceptMs"/> is the time of the intercept.</summary>
    public static LinearRegression Fit(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values, long interceptMs)
    {
        double count = values.Length;
        double sumX = 0, lostX = 0, sumY = 0, lostY = 0, sumXY = 0, lostXY = 0, sumX2 = 0, lostX2 = 0;
        bool isConstant = true;
        for (int index = 0; index < values.Length; index++)
        {
            double x = (timestamps[index] - interceptMs) / 1000.0;
            double y = values[index];
            isConstant &= index == 0 || y == values[0];
            KahanSum.Add(x, ref sumX, ref lostX);
            KahanSum.Add(y, ref sumY, ref lostY);
            KahanSum.Add(x * y, ref sumXY, ref lostXY);
            KahanSum.Add(x * x, ref sumX2, ref lostX2);
        }

        if (isConstant)
        {
            return double.IsInfinity(values[0]) ? new(double.NaN, double.NaN) : new(0, values[0]);
        }

        sumX += lostX;
        sumY += lostY;
        double covariance = sumXY + lostXY - (sumX * sumY / count);
        double variance = sumX2 + lostX2 - (sumX * sumX / count);
        double slope = covariance / variance;
        return new(slope, (sumY / count) - (slope * sumX / count));
    }
}
