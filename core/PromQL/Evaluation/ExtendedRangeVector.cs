using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// An anchored or smoothed range vector as the result of a query: a sample at each end of the window, made from those
/// around it, and the samples between.
/// </summary>
internal static class ExtendedRangeVector
{
    public static MatrixValue Of(RangeSource source, EvaluationContext context)
    {
        List<MatrixSeries> series = [];
        bool smoothed = source.Windowing.Extension == RangeExtension.Smoothed;
        while (source.MoveNext())
        {
            if (!source.Samples.Histograms.IsEmpty)
            {
                throw new QueryException(
                    QueryErrorKind.Execution,
                    $"{(smoothed ? "smoothed" : "anchored")} modifier is not supported with histograms");
            }

            if (TryMake(source, smoothed) is { } made)
            {
                context.Budget.Hold(made.CountPoints());
                context.Budget.Look(made.CountPoints());
                series.Add(made);
            }
        }

        MatrixSeries[] ordered = [.. series];
        Array.Sort(ordered, static (left, right) => left.Labels.CompareTo(right.Labels));
        return new MatrixValue(ordered);
    }

    private static MatrixSeries? TryMake(RangeSource source, bool smoothed)
    {
        RangeWindowing windowing = source.Windowing;
        ReadOnlySpan<long> timestamps = source.Samples.Timestamps;
        ReadOnlySpan<double> values = source.Samples.Values;
        long endMs = windowing.EndMs(0);
        long startMs = endMs - windowing.RangeMs;
        int begin = 0;
        while (begin < timestamps.Length && timestamps[begin] <= startMs - windowing.ReachBackMs)
        {
            begin++;
        }

        int end = begin;
        while (end < timestamps.Length && timestamps[end] <= endMs + windowing.ReachAheadMs)
        {
            end++;
        }

        if (begin == end)
        {
            return null;
        }

        Window window = new(
            timestamps[begin..end], values[begin..end], begin, endMs, windowing.RangeMs, 0, windowing.Steps.StartMs);
        if (!WindowBounds.TryFind(in window, smoothed, isCounter: false, out WindowBounds bounds))
        {
            return null;
        }

        List<long> madeTimestamps = [startMs];
        List<double> madeValues = [bounds.Left];
        for (int index = bounds.First; index <= bounds.Last; index++)
        {
            if (window.Timestamps[index] > startMs && window.Timestamps[index] < endMs)
            {
                madeTimestamps.Add(window.Timestamps[index]);
                madeValues.Add(window.Values[index]);
            }
        }

        madeTimestamps.Add(endMs);
        madeValues.Add(bounds.Right);
        return new MatrixSeries(source.Labels, madeTimestamps.ToArray(), madeValues.ToArray());
    }
}
