namespace AmpEdge.PromQL;

/// <summary>
/// Compensated summation (Kahan's with Neumaier's improvement): what rounding lost is kept beside the sum. Results must
/// not depend on the order in which series come, as far as that can be had.
/// </summary>
internal static class KahanSum
{
    /// <summary>Adds to a sum and its compensation; the total is their sum.</summary>
    public static void Add(double increment, ref double sum, ref double compensation)
    {
        double total = sum + increment;
        if (double.IsInfinity(total))
        {
            compensation = 0;
        }
        else if (Math.Abs(sum) >= Math.Abs(increment))
        {
            compensation += sum - total + increment;
        }
        else
        {
            compensation += increment - total + sum;
        }

        sum = total;
    }
}
