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

    /// <summary>Made for the first series with native histograms, of which most queries see none.</summary>
    private FloatHistogram?[] _histograms = [];
    private SplitSamples? _split;
    private WindowPlaces? _places;
    private bool _hasHistograms;

    public override Labels Labels => source.Labels;

    public override bool DropName => source.DropName;

    public override Span<double> Values => _values;

    public override Span<FloatHistogram?> Histograms => _hasHistograms ? _histograms : default;

    public override bool NamesVary => source.NamesVary;

    public override bool MoveNext()
    {
        while (source.MoveNext())
        {
            _hasHistograms = !source.Samples.Histograms.IsEmpty;
            function.Notes?.BeginSeries(Labels);
            int present = _hasHistograms ? SlideOverMixed() : SlideOverFloats();
            long size = present + (_hasHistograms ? QueryBudget.SizeOf(_histograms) : 0);
            if (size > 0)
            {
                context.Budget.HoldRow(size, _values.Length);
            }

            if (present > 0)
            {
                function.EndSeries(Labels);
            }

            if (size > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Floats alone: all windows are found first, so that a function can look at many of them at a time.</summary>
    private int SlideOverFloats()
    {
        SampleBuffer samples = source.Samples;
        if (source.Windowing.AtMs is not null)
        {
            return Slide(samples.Timestamps, samples.Values, split: null);
        }

        WindowPlaces places = _places ??= new WindowPlaces(source.Windowing);
        places.Find(samples.Timestamps);
        function.BeginSeries(samples.Values);
        for (int step = 0, end; step < _values.Length; step = end)
        {
            end = places.EndOfRun(step, SamplesBetweenChecks);
            function.EvaluateAll(places.Of(samples, step, end), _values.AsSpan(step, end - step));
            context.ThrowIfStopped();
        }

        Span<long> perStep = context.Budget.StepCounts(source.Windowing.Steps);
        for (int step = 0; step < perStep.Length; step++)
        {
            perStep[step] += places.SizeOf(step);
        }

        context.Budget.Look(places.TotalSize);
        context.Budget.HoldForAMoment(places.LargestSize);
        return Missing.CountPresent(_values);
    }

    private int SlideOverMixed()
    {
        _histograms = _histograms.Length == 0 ? new FloatHistogram?[_values.Length] : _histograms;
        _split ??= new SplitSamples();
        _split.Split(source.Samples);
        return Slide(_split.FloatTimes, _split.Floats, _split);
    }

    /// <summary>Computes every step and returns how many of them have a value.</summary>
    private int Slide(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values, SplitSamples? split)
    {
        RangeWindowing windowing = source.Windowing;
        function.BeginSeries(values);
        SlidingRange floats = default;
        SlidingRange histograms = default;
        int present = 0;
        long largest = 0;
        long looked = 0;
        long size = 0;
        Span<long> perStep = context.Budget.StepCounts(windowing.Steps);
        long nextCheck = SamplesBetweenChecks;
        bool staysTheSame = windowing.AtMs is not null && !function.DependsOnStep;
        long stepMs = windowing.AtMs is null ? windowing.Steps.StepMs : 0;
        long endMs = windowing.FirstEndMs - stepMs;
        for (int step = 0; step < _values.Length; step++)
        {
            endMs += stepMs;
            if (staysTheSame && step > 0)
            {
                present += Repeat(step, split is not null);
                looked += size;
                CountAt(perStep, step, size);
                continue;
            }

            long startMs = endMs - windowing.RangeMs - windowing.ReachBackMs;
            long lastMs = endMs + windowing.ReachAheadMs;
            floats.MoveTo(timestamps, startMs, lastMs);
            size = floats.Count;
            if (split is not null)
            {
                histograms.MoveTo(split.HistogramTimes, startMs, lastMs);
                size += split.SizeOf(histograms.First, histograms.Count);
                _histograms[step] = null;
            }

            if (size == 0)
            {
                _values[step] = Missing.Value;
                continue;
            }

            Window window = new(
                timestamps.Slice(floats.First, floats.Count),
                values.Slice(floats.First, floats.Count),
                floats.First,
                endMs,
                windowing.RangeMs,
                step,
                windowing.Steps.At(step));
            double value = histograms.Count == 0 || split is null
                ? function.Evaluate(in window)
                : EvaluateMixed(window, split, histograms, out _histograms[step]);
            _values[step] = value;
            present += Missing.IsMissing(value) ? 0 : 1;
            looked += size;
            CountAt(perStep, step, size);
            largest = Math.Max(largest, size);
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

    private static void CountAt(Span<long> perStep, int step, long count)
    {
        if (!perStep.IsEmpty)
        {
            perStep[step] += count;
        }
    }

    private double EvaluateMixed(
        Window window, SplitSamples split, SlidingRange histograms, out FloatHistogram? histogram)
    {
        Window mixed = window with
        {
            HistogramTimestamps = split.HistogramTimes.Slice(histograms.First, histograms.Count),
            Histograms = split.Histograms.Slice(histograms.First, histograms.Count),
        };
        return function.EvaluateMixed(in mixed, out histogram);
    }

    /// <summary>Gives a step what the first one has; returns 1 for a value.</summary>
    private int Repeat(int step, bool mayHaveHistograms)
    {
        _values[step] = _values[0];
        if (mayHaveHistograms)
        {
            _histograms[step] = _histograms[0];
        }

        return Missing.IsMissing(_values[0]) ? 0 : 1;
    }
}
