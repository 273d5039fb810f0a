using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A function over a range vector: each series is decoded once, and a window slides over its samples from step to step.
/// </summary>
internal sealed class RangeFunctionStream(RangeSource source, WindowFunction function, EvaluationContext context)
    : SeriesStream
{
    /// <summary>Windows that overlap can make one series long work: a subquery over days looks at billions of samples.</summary>
    private const long SamplesBetweenChecks = 1 << 20;

    private readonly double[] _values = new double[source.Windowing.Steps.Count];

    public override Labels Labels => source.Labels;

    public override bool DropName => source.DropName;

    public override Span<double> Values => _values;

    public override bool NamesVary => source.NamesVary;

    public override bool MoveNext()
    {
        while (source.MoveNext())
        {
            int present = SlideOverSeries();
            if (present > 0)
            {
                context.Budget.HoldRow(present, _values.Length);
                function.EndSeries(Labels);
                return true;
            }
        }

        return false;
    }

    /// <summary>Computes every step and returns how many of them have a value.</summary>
    private int SlideOverSeries()
    {
        RangeWindowing windowing = source.Windowing;
        ReadOnlySpan<long> timestamps = source.Samples.Timestamps;
        ReadOnlySpan<double> values = source.Samples.Values;
        function.BeginSeries(values);
        int present = 0;
        int first = 0;
        int end = 0;
        int largest = 0;
        long looked = 0;
        long nextCheck = SamplesBetweenChecks;
        bool staysTheSame = windowing.AtMs is not null && !function.DependsOnStep;
        for (int step = 0; step < _values.Length; step++)
        {
            if (staysTheSame && step > 0)
            {
                _values[step] = _values[0];
                present += Missing.IsMissing(_values[0]) ? 0 : 1;
                looked += end - first;
                continue;
            }

            long endMs = windowing.EndMs(step);
            long startMs = endMs - windowing.RangeMs - windowing.ReachBackMs;
            long lastMs = endMs + windowing.ReachAheadMs;
            while (end < timestamps.Length && timestamps[end] <= lastMs)
            {
                end++;
            }

            while (first < end && timestamps[first] <= startMs)
            {
                first++;
            }

            int count = end - first;
            if (count == 0)
            {
                _values[step] = Missing.Value;
                continue;
            }

            Window window = new(
                timestamps.Slice(first, count), values.Slice(first, count), first, endMs, windowing.RangeMs, step, windowing.Steps.At(step));
            double value = function.Evaluate(in window);
            _values[step] = value;
            present += Missing.IsMissing(value) ? 0 : 1;
            looked += count;
            largest = Math.Max(largest, count);
            if (looked >= nextCheck)
            {
                context.ThrowIfStopped();
                nextCheck = looked + SamplesBetweenChecks;
            }
        }

        context.Budget.Look(looked);
        context.Budget.HoldForAMoment(largest);
        return present;
    }
}
