using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>The same for sums side by side, as long as they are finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddFinite(Vector256<double> increment, ref Vector256<double> sum, ref Vector256<double> compensation)
    {
        Vector256<double> total = sum + increment;
        compensation += Lost(increment, sum, total);
        sum = total;
    }

    /// <summary>
    /// Adds a column to columns of sums, step by step; a step without a value adds nothing, and the first value of a step is its
    /// sum.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddColumn(ReadOnlySpan<double> values, Span<double> sums, Span<double> compensations)
    {
        int step = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<double> infinity = Vector256.Create(double.PositiveInfinity);
            for (; step <= values.Length - Vector256<double>.Count; step += Vector256<double>.Count)
            {
                Vector256<double> value = Vector256.Create(values[step..]);
                Vector256<double> sum = Vector256.Create<double>(sums[step..]);
                Vector256<double> total = sum + value;
                Vector256<double> without = Missing.Mask(value);
                Vector256<double> first = Missing.Mask(sum);
                if ((Vector256.LessThan(Vector256.Abs(total), infinity) | without | first).ExtractMostSignificantBits() != 0xF)
                {
                    AddSteps(values, sums, compensations, step, step + Vector256<double>.Count);
                    continue;
                }

                Vector256<double> compensation = Vector256.Create<double>(compensations[step..]);
                Vector256.ConditionalSelect(without | first, compensation, compensation + Lost(value, sum, total))
                    .CopyTo(compensations[step..]);
                Vector256.ConditionalSelect(without, sum, Vector256.ConditionalSelect(first, value, total)).CopyTo(sums[step..]);
            }
        }

        AddSteps(values, sums, compensations, step, values.Length);
    }

    /// <summary>Whether all sums stay finite when a column is added to them, values that are the first of their step among them.</summary>
    public static bool StaysFinite(ReadOnlySpan<double> values, ReadOnlySpan<double> sums)
    {
        int step = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<double> infinity = Vector256.Create(double.PositiveInfinity);
            for (; step <= values.Length - Vector256<double>.Count; step += Vector256<double>.Count)
            {
                Vector256<double> value = Vector256.Create(values[step..]);
                Vector256<double> sum = Vector256.Create(sums[step..]);
                Vector256<double> total = Vector256.ConditionalSelect(Missing.Mask(sum), value, sum + value);
                if ((Vector256.LessThan(Vector256.Abs(total), infinity) | Missing.Mask(value)).ExtractMostSignificantBits() != 0xF)
                {
                    return false;
                }
            }
        }

        for (; step < values.Length; step++)
        {
            double total = Missing.IsMissing(sums[step]) ? values[step] : sums[step] + values[step];
            if (!Missing.IsMissing(values[step]) && !double.IsFinite(total))
            {
                return false;
            }
        }

        return true;
    }

    private static void AddSteps(
        ReadOnlySpan<double> values, Span<double> sums, Span<double> compensations, int firstStep, int endStep)
    {
        for (int step = firstStep; step < endStep; step++)
        {
            double value = values[step];
            if (Missing.IsMissing(value))
            {
                continue;
            }

            if (Missing.IsMissing(sums[step]))
            {
                sums[step] = value;
            }
            else
            {
                Add(value, ref sums[step], ref compensations[step]);
            }
        }
    }

    /// <summary>What rounding lost of the smaller of the two that were added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Lost(Vector256<double> increment, Vector256<double> sum, Vector256<double> total) =>
        Vector256.ConditionalSelect(
            Vector256.GreaterThanOrEqual(Vector256.Abs(sum), Vector256.Abs(increment)),
            sum - total + increment,
            increment - total + sum);
}
