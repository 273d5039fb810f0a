namespace AmpEdge.PromQL;

/// <summary>The aggregations over a window: <c>sum_over_time</c> and its like.</summary>
internal static class OverTimeFunctions
{
    public static NodeValue Average(FunctionCall call) => call.OverRange(new SumOverTime(AverageOf, isMean: true));

    public static NodeValue Sum(FunctionCall call) => call.OverRange(new SumOverTime(SumOf, isMean: false));

    public static NodeValue Minimum(FunctionCall call) => call.OverRange(new ExtremeOverTime(MinimumOf, wantGreatest: false));

    public static NodeValue Maximum(FunctionCall call) => call.OverRange(new ExtremeOverTime(MaximumOf, wantGreatest: true));

    public static NodeValue Count(FunctionCall call) =>
        call.OverRange(new SampleCountFunction(static count => count));

    public static NodeValue Present(FunctionCall call) =>
        call.OverRange(new SampleCountFunction(static _ => 1));

    public static NodeValue First(FunctionCall call) =>
        call.OverRange(new EdgeSampleFunction(wantLast: false, wantTime: false));

    public static NodeValue Last(FunctionCall call) =>
        call.OverRange(new EdgeSampleFunction(wantLast: true, wantTime: false));

    public static NodeValue StandardVariance(FunctionCall call) => call.OverRange(new ReducerFunction(VarianceOf));

    public static NodeValue StandardDeviation(FunctionCall call) =>
        call.OverRange(new ReducerFunction(static (in Window window) => Math.Sqrt(VarianceOf(in window))));

    public static NodeValue Quantile(FunctionCall call) =>
        call.OverRange(new QuantileOverTime(call.Scalar(0), call.Context.Annotations, call.Position(0)), rangeArgument: 1);

    public static NodeValue MedianAbsoluteDeviation(FunctionCall call) => call.OverRange(new MadOverTime());

    public static NodeValue TimeOfFirst(FunctionCall call) =>
        call.OverRange(new EdgeSampleFunction(wantLast: false, wantTime: true));

    public static NodeValue TimeOfLast(FunctionCall call) =>
        call.OverRange(new EdgeSampleFunction(wantLast: true, wantTime: true));

    public static NodeValue TimeOfMaximum(FunctionCall call) =>
        call.OverRange(new ReducerFunction(static (in Window window) => TimeOfExtreme(in window, wantGreatest: true)));

    public static NodeValue TimeOfMinimum(FunctionCall call) =>
        call.OverRange(new ReducerFunction(static (in Window window) => TimeOfExtreme(in window, wantGreatest: false)));

    private static double AverageOf(in Window window)
    {
        RunningMean mean = default;
        foreach (double value in window.Values)
        {
            mean.Add(value);
        }

        return mean.Result;
    }

    private static double SumOf(in Window window)
    {
        double sum = 0;
        double compensation = 0;
        foreach (double value in window.Values)
        {
            KahanSum.Add(value, ref sum, ref compensation);
        }

        return double.IsInfinity(sum) ? sum : sum + compensation;
    }

    /// <summary>NaN gives way to any number.</summary>
    private static double MinimumOf(in Window window)
    {
        double minimum = window.Values[0];
        foreach (double value in window.Values)
        {
            if (value < minimum || double.IsNaN(minimum))
            {
                minimum = value;
            }
        }

        return minimum;
    }

    /// <inheritdoc cref="MinimumOf"/>
    private static double MaximumOf(in Window window)
    {
        double maximum = window.Values[0];
        foreach (double value in window.Values)
        {
            if (value > maximum || double.IsNaN(maximum))
            {
                maximum = value;
            }
        }

        return maximum;
    }

    /// <summary>Of equal extremes the last one counts.</summary>
    private static double TimeOfExtreme(in Window window, bool wantGreatest)
    {
        double extreme = window.Values[0];
        long timestampMs = window.Timestamps[0];
        for (int index = 0; index < window.Count; index++)
        {
            double value = window.Values[index];
            if ((wantGreatest ? value >= extreme : value <= extreme) || double.IsNaN(extreme))
            {
                extreme = value;
                timestampMs = window.Timestamps[index];
            }
        }

        return timestampMs / 1000.0;
    }

    private static double VarianceOf(in Window window)
    {
        double count = 0;
        double mean = 0;
        double lostMean = 0;
        double squares = 0;
        double lostSquares = 0;
        foreach (double value in window.Values)
        {
            count++;
            double delta = value - (mean + lostMean);
            KahanSum.Add(delta / count, ref mean, ref lostMean);
            KahanSum.Add(delta * (value - (mean + lostMean)), ref squares, ref lostSquares);
        }

        return (squares + lostSquares) / count;
    }

    private sealed class QuantileOverTime(ScalarColumn quantiles, AnnotationWriter annotations, int position) : WindowFunction
    {
        private double[] _sorted = [];
        private long _lastWarnedBits;

        public override bool DependsOnStep => true;

        public override double Evaluate(in Window window)
        {
            double quantile = quantiles.Values[window.Step];
            if (Quantiles.IsInvalid(quantile) && BitConverter.DoubleToInt64Bits(quantile) != _lastWarnedBits)
            {
                _lastWarnedBits = BitConverter.DoubleToInt64Bits(quantile);
                annotations.WarnInvalidQuantile(position, quantile);
            }

            return Quantiles.Of(quantile, CopyValues(in window, ref _sorted));
        }
    }

    private sealed class MadOverTime : WindowFunction
    {
        private double[] _sorted = [];

        public override double Evaluate(in Window window)
        {
            Span<double> values = CopyValues(in window, ref _sorted);
            double median = Quantiles.Of(0.5, values);
            if (double.IsNaN(values[0]))
            {
                // Sorting brought a NaN to the front: the deviation from it is undefined.
                return double.NaN;
            }

            foreach (ref double value in values)
            {
                value = Math.Abs(value - median);
            }

            return Quantiles.Of(0.5, values);
        }
    }

    private static Span<double> CopyValues(in Window window, ref double[] buffer)
    {
        if (buffer.Length < window.Count)
        {
            buffer = new double[window.Count * 2];
        }

        window.Values.CopyTo(buffer);
        return buffer.AsSpan(0, window.Count);
    }
}
