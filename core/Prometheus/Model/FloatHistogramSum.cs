using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Prometheus;

/// <summary>Adds and subtracts native histograms, at the coarser of both resolutions.</summary>
public static class FloatHistogramSum
{
    /// <summary>
    /// <paramref name="left"/> plus <paramref name="factor"/> (1 or -1) times <paramref name="right"/>; false, with the
    /// reason, when their buckets cannot be brought together.
    /// </summary>
    public static bool TryCombine(
        FloatHistogram left,
        FloatHistogram right,
        double factor,
        [NotNullWhen(true)] out FloatHistogram? sum,
        [NotNullWhen(false)] out string? error)
    {
        sum = null;
        error = null;
        if (left.HasCustomBuckets != right.HasCustomBuckets)
        {
            error = "cannot combine a histogram of exponential buckets with one of custom buckets";
            return false;
        }

        if (left.HasCustomBuckets && !HaveSameBounds(left.CustomValues, right.CustomValues))
        {
            error = "cannot combine histograms with different custom bucket boundaries";
            return false;
        }

        int schema = Math.Min(left.Schema, right.Schema);
        SortedDictionary<int, double> positive = [];
        SortedDictionary<int, double> negative = [];
        double threshold = SharedThreshold(left, right);
        double zeroCount = AddSides(left, 1, schema, threshold, positive, negative)
            + AddSides(right, factor, schema, threshold, positive, negative);
        (HistogramSpan[] positiveSpans, double[] positiveBuckets) = ToSpans(positive);
        (HistogramSpan[] negativeSpans, double[] negativeBuckets) = ToSpans(negative);
        sum = new FloatHistogram
        {
            CounterResetHint = CombineHints(left.CounterResetHint, right.CounterResetHint),
            Schema = schema,
            ZeroThreshold = threshold,
            ZeroCount = zeroCount,
            Count = left.Count + (factor * right.Count),
            Sum = left.Sum + (factor * right.Sum),
            PositiveSpans = positiveSpans,
            PositiveBuckets = positiveBuckets,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negativeBuckets,
            CustomValues = left.CustomValues,
        };
        return true;
    }

    private static CounterResetHint CombineHints(CounterResetHint left, CounterResetHint right) =>
        left == right ? left : left == CounterResetHint.Gauge || right == CounterResetHint.Gauge
            ? CounterResetHint.Gauge
            : CounterResetHint.Unknown;

    private static bool HaveSameBounds(IReadOnlyList<double> left, IReadOnlyList<double> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int index = 0; index < left.Count; index++)
        {
            if (!left[index].Equals(right[index]))
            {
                return false;
            }
        }

        return true;
    }

    // The greater threshold, widened until it cuts through no bucket that holds anything.
    private static double SharedThreshold(FloatHistogram left, FloatHistogram right)
    {
        double threshold = Math.Max(left.ZeroThreshold, right.ZeroThreshold);
        double before;
        do
        {
            before = threshold;
            threshold = Widen(left, Widen(right, threshold));
        }
        while (threshold > before);
        return threshold;
    }

    private static double Widen(FloatHistogram histogram, double threshold)
    {
        if (histogram.HasCustomBuckets || threshold <= histogram.ZeroThreshold)
        {
            return threshold;
        }

        double widened = threshold;
        foreach ((int index, double count) in Buckets(histogram.PositiveSpans, histogram.PositiveBuckets))
        {
            widened = Math.Max(widened, EndOfCutBucket(histogram.Schema, index, count, threshold));
        }

        foreach ((int index, double count) in Buckets(histogram.NegativeSpans, histogram.NegativeBuckets))
        {
            widened = Math.Max(widened, EndOfCutBucket(histogram.Schema, index, count, threshold));
        }

        return widened;
    }

    private static double EndOfCutBucket(int schema, int index, double count, double threshold)
    {
        bool isCut = count != 0 && UpperBound(schema, index - 1) < threshold && UpperBound(schema, index) > threshold;
        return isCut ? UpperBound(schema, index) : 0;
    }

    private static double UpperBound(int schema, int index) => Math.Pow(2, index * Math.Pow(2, -schema));

    // Adds the buckets of both sides, and returns what belongs into the zero bucket.
    private static double AddSides(
        FloatHistogram histogram,
        double factor,
        int schema,
        double threshold,
        SortedDictionary<int, double> positive,
        SortedDictionary<int, double> negative)
    {
        (IReadOnlyList<HistogramSpan> spans, IReadOnlyList<double> counts) =
            (histogram.PositiveSpans, histogram.PositiveBuckets);
        double nearZero = AddSide(histogram, spans, counts, factor, schema, threshold, positive);
        (spans, counts) = (histogram.NegativeSpans, histogram.NegativeBuckets);
        nearZero += AddSide(histogram, spans, counts, factor, schema, threshold, negative);
        return nearZero + (factor * histogram.ZeroCount);
    }

    private static double AddSide(
        FloatHistogram histogram,
        IReadOnlyList<HistogramSpan> spans,
        IReadOnlyList<double> counts,
        double factor,
        int schema,
        double threshold,
        SortedDictionary<int, double> side)
    {
        double nearZero = 0;
        foreach ((int index, double count) in Buckets(spans, counts))
        {
            bool folds = !histogram.HasCustomBuckets && UpperBound(histogram.Schema, index) <= threshold;
            if (folds)
            {
                nearZero += factor * count;
                continue;
            }

            // A coarser bucket takes in 2^n finer ones, of which the last has the same upper boundary.
            int merged = histogram.Schema == schema ? index : ((index - 1) >> (histogram.Schema - schema)) + 1;
            side[merged] = side.GetValueOrDefault(merged) + (factor * count);
        }

        return nearZero;
    }

    private static IEnumerable<(int Index, double Count)> Buckets(
        IReadOnlyList<HistogramSpan> spans, IReadOnlyList<double> counts)
    {
        int index = 0;
        int bucket = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint inSpan = 0; inSpan < span.Length; inSpan++)
            {
                yield return (index++, counts[bucket++]);
            }
        }
    }

    private static (HistogramSpan[] Spans, double[] Buckets) ToSpans(SortedDictionary<int, double> side)
    {
        List<HistogramSpan> spans = [];
        int next = 0;
        foreach (int index in side.Keys)
        {
            if (spans.Count > 0 && index == next)
            {
                spans[^1] = spans[^1] with { Length = spans[^1].Length + 1 };
            }
            else
            {
                spans.Add(new HistogramSpan(index - next, 1));
            }

            next = index + 1;
        }

        return ([.. spans], [.. side.Values]);
    }
}
