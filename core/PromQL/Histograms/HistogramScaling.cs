using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Native histograms multiplied and divided by a number.</summary>
internal static class HistogramScaling
{
    /// <summary>A negative factor makes a gauge: a counter cannot be below zero.</summary>
    public static FloatHistogram Multiply(FloatHistogram histogram, double factor) => With(
        histogram,
        factor < 0 ? CounterResetHint.Gauge : histogram.CounterResetHint,
        histogram.ZeroCount * factor,
        histogram.Count * factor,
        histogram.Sum * factor,
        Multiply(histogram.PositiveBuckets, factor),
        Multiply(histogram.NegativeBuckets, factor));

    /// <summary>A division by zero leaves no buckets, as their counts would say nothing.</summary>
    public static FloatHistogram Divide(FloatHistogram histogram, double divisor) => With(
        histogram,
        divisor < 0 ? CounterResetHint.Gauge : histogram.CounterResetHint,
        histogram.ZeroCount / divisor,
        histogram.Count / divisor,
        histogram.Sum / divisor,
        divisor == 0 ? [] : Divide(histogram.PositiveBuckets, divisor),
        divisor == 0 ? [] : Divide(histogram.NegativeBuckets, divisor));

    /// <summary>Without the buckets that have no observations.</summary>
    public static FloatHistogram Compact(FloatHistogram histogram)
    {
        if (!histogram.PositiveBuckets.AsSpan().Contains(0.0) && !histogram.NegativeBuckets.AsSpan().Contains(0.0))
        {
            return histogram;
        }

        HistogramAccumulator compacted = new(compensated: false);
        compacted.Load(histogram);
        return compacted.ToHistogram(compact: true);
    }

    private static FloatHistogram With(
        FloatHistogram histogram,
        CounterResetHint hint,
        double zeroCount,
        double count,
        double sum,
        ImmutableArray<double> positive,
        ImmutableArray<double> negative) => new()
    {
        CounterResetHint = hint,
        Schema = histogram.Schema,
        ZeroThreshold = histogram.ZeroThreshold,
        ZeroCount = zeroCount,
        Count = count,
        Sum = sum,
        PositiveSpans = positive.IsEmpty ? [] : histogram.PositiveSpans,
        PositiveBuckets = positive,
        NegativeSpans = negative.IsEmpty ? [] : histogram.NegativeSpans,
        NegativeBuckets = negative,
        CustomValues = histogram.CustomValues,
    };

    private static ImmutableArray<double> Multiply(ImmutableArray<double> counts, double factor)
    {
        double[] product = new double[counts.Length];
        for (int index = 0; index < product.Length; index++)
        {
            product[index] = counts[index] * factor;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(product);
    }

    private static ImmutableArray<double> Divide(ImmutableArray<double> counts, double divisor)
    {
        double[] quotient = new double[counts.Length];
        for (int index = 0; index < quotient.Length; index++)
        {
            quotient[index] = counts[index] / divisor;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(quotient);
    }
}
