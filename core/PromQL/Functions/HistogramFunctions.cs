using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Estimates from histograms, native ones and classic ones: groups of series with <c>le</c>.
/// </summary>
internal static class HistogramFunctions
{
    private const string ForcedMonotonic =
        "input to histogram_quantile needed to be fixed for monotonicity (see "
        + "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";

    private delegate double ClassicEstimate(Span<ClassicBucket> buckets, int step, Labels labels);

    private delegate double NativeEstimate(FloatHistogram histogram, int step, Labels labels);

    /// <summary><c>histogram_quantile(φ, histograms)</c>.</summary>
    public static NodeValue Quantile(FunctionCall call)
    {
        ScalarColumn quantiles = call.Scalar(0);
        WarnInvalid(call, quantiles, call.Position(0));
        int position = call.Position(1);
        return Estimated(
            call,
            vectorArgument: 1,
            (buckets, step, labels) => QuantileOf(call, quantiles.Values[step], buckets, labels, position, step),
            (histogram, step, labels) => QuantileOf(call, quantiles.Values[step], histogram, labels, position));
    }

    /// <summary>
    /// <c>histogram_quantiles(histograms, label, φ…)</c>: one result for each quantile, told apart by the label.
    /// </summary>
    public static NodeValue Quantiles(FunctionCall call)
    {
        string label = call.Text(1).Value;
        int position = call.Position(0);
        ScalarColumn[] quantiles = new ScalarColumn[call.ArgumentCount - 2];
        for (int index = 0; index < quantiles.Length; index++)
        {
            quantiles[index] = call.Scalar(index + 2);
            WarnInvalid(call, quantiles[index], call.Position(index + 2));
        }

        long heldBefore = call.Context.Budget.Held;
        NativeEstimates natives = new(call.Steps.Count);
        BucketGroups groups = BucketGroups.Collect(
            call.Vector(0), call, position, stream => AddNative(call, natives, stream, quantiles, label));
        MergingMatrix result = new(call.Steps.Count);
        natives.MoveTo(result, groups, call, position);
        ClassicBucket[] buffer = [];
        double[] row = new double[call.Steps.Count];
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (ScalarColumn quantile in quantiles)
            {
                for (int first = 0; first < row.Length;)
                {
                    first = FillRun(call, groups, group, quantile, position, row, first, ref buffer);
                    string value = GoNumber.OpenMetrics(quantile.Values[first - 1]);
                    result.Add(WithLabel(groups.Labels(group), label, value), groups.DropName(group), row);
                }
            }
        }

        return WithoutName(call, result.Matrix, heldBefore);
    }

    /// <summary><c>histogram_fraction(lower, upper, histograms)</c>.</summary>
    public static NodeValue Fraction(FunctionCall call)
    {
        ScalarColumn lower = call.Scalar(0);
        ScalarColumn upper = call.Scalar(1);
        int position = call.Position(2);
        return Estimated(
            call,
            vectorArgument: 2,
            (buckets, step, _) => ClassicHistogram.Fraction(lower.Values[step], upper.Values[step], buckets),
            (histogram, step, labels) =>
            {
                double fraction = NativeHistogram.Fraction(
                    lower.Values[step], upper.Values[step], histogram, out NanObservations nan);
                if (nan != NanObservations.None)
                {
                    Inform(call, HistogramNotes.FractionWithoutNaN, labels, position);
                }

                return fraction;
            });
    }

    public static NodeValue Count(FunctionCall call) => MapNative(call, static histogram => histogram.Count);

    public static NodeValue Sum(FunctionCall call) => MapNative(call, static histogram => histogram.Sum);

    public static NodeValue Average(FunctionCall call) => MapNative(call, static histogram => histogram.Sum / histogram.Count);

    public static NodeValue StandardVariance(FunctionCall call) => MapNative(call, NativeHistogram.Variance);

    public static NodeValue StandardDeviation(FunctionCall call) =>
        MapNative(call, static histogram => Math.Sqrt(NativeHistogram.Variance(histogram)));

    private static SeriesStream MapNative(FunctionCall call, Func<FloatHistogram, double> map) =>
        call.WithoutName(new HistogramMapStream(call.Vector(0), map));

    private static SeriesStream Estimated(
        FunctionCall call, int vectorArgument, ClassicEstimate classic, NativeEstimate native)
    {
        long heldBefore = call.Context.Budget.Held;
        int position = call.Position(vectorArgument);
        NativeEstimates natives = new(call.Steps.Count);
        BucketGroups groups = BucketGroups.Collect(
            call.Vector(vectorArgument), call, position, stream => AddNative(natives, stream, native));
        MergingMatrix result = new(call.Steps.Count);
        natives.MoveTo(result, groups, call, position);
        ClassicBucket[] buffer = [];
        double[] row = new double[call.Steps.Count];
        for (int group = 0; group < groups.Count; group++)
        {
            for (int step = 0; step < row.Length; step++)
            {
                Span<ClassicBucket> buckets = groups.BucketsAt(group, step, ref buffer);
                row[step] = buckets.IsEmpty ? Missing.Value : classic(buckets, step, groups.Labels(group));
            }

            result.Add(groups.Labels(group), groups.DropName(group), row);
        }

        return WithoutName(call, result.Matrix, heldBefore);
    }

    private static void AddNative(NativeEstimates natives, SeriesStream stream, NativeEstimate estimate)
    {
        Span<double> row = natives.Add(stream.Labels, stream.Labels, stream.DropName);
        ReadOnlySpan<FloatHistogram?> histograms = stream.Histograms;
        for (int step = 0; step < row.Length; step++)
        {
            if (histograms[step] is { } histogram)
            {
                row[step] = estimate(histogram, step, stream.Labels);
            }
        }
    }

    private static void AddNative(
        FunctionCall call, NativeEstimates natives, SeriesStream stream, ScalarColumn[] quantiles, string label)
    {
        ReadOnlySpan<FloatHistogram?> histograms = stream.Histograms;
        foreach (ScalarColumn quantile in quantiles)
        {
            for (int first = 0; first < histograms.Length;)
            {
                double value = quantile.Values[first];
                Span<double> row = natives.Add(
                    stream.Labels, WithLabel(stream.Labels, label, GoNumber.OpenMetrics(value)), stream.DropName);
                while (first < histograms.Length && quantile.Values[first].Equals(value))
                {
                    if (histograms[first] is { } histogram)
                    {
                        row[first] = QuantileOf(call, value, histogram, stream.Labels, call.Position(0));
                    }

                    first++;
                }
            }
        }
    }

    // The steps from the first one on that share one quantile: a row of its own, because the label says which.
    private static int FillRun(
        FunctionCall call,
        BucketGroups groups,
        int group,
        ScalarColumn quantile,
        int position,
        double[] row,
        int first,
        ref ClassicBucket[] buffer)
    {
        row.AsSpan().Fill(Missing.Value);
        int step = first;
        while (step < row.Length && quantile.Values[step].Equals(quantile.Values[first]))
        {
            Span<ClassicBucket> buckets = groups.BucketsAt(group, step, ref buffer);
            row[step] = buckets.IsEmpty
                ? Missing.Value
                : QuantileOf(call, quantile.Values[step], buckets, groups.Labels(group), position, step);
            step++;
        }

        return step;
    }

    private static double QuantileOf(
        FunctionCall call, double quantile, Span<ClassicBucket> buckets, Labels labels, int position, int step)
    {
        if (quantile is >= 0 and <= 1 && double.IsPositiveInfinity(buckets[^1].UpperBound)
            && ClassicHistogram.ForceMonotonic(buckets) is { IsNone: false } forced)
        {
            call.Context.Annotations.InformForced(
                position, ForcedMonotonic + ForMetric(call, labels), forced, call.Steps.At(step));
        }

        return ClassicHistogram.Quantile(quantile, buckets);
    }

    private static double QuantileOf(
        FunctionCall call, double quantile, FloatHistogram histogram, Labels labels, int position)
    {
        double value = NativeHistogram.Quantile(quantile, histogram, out NanObservations nan);
        if (nan != NanObservations.None)
        {
            bool isSkew = nan == NanObservations.Skew;
            Inform(call, isSkew ? HistogramNotes.QuantileIsSkewed : HistogramNotes.QuantileIsNaN, labels, position);
        }

        return value;
    }

    private static void Inform(FunctionCall call, string text, Labels labels, int position) =>
        call.Context.Annotations.Inform(position, text + ForMetric(call, labels));

    // Where names are dropped at once, the metric's is gone before it could be named.
    private static string ForMetric(FunctionCall call, Labels labels) =>
        call.Context.Options.DelayedNameRemoval ? BucketGroups.ForMetric(labels) : "";

    private static void WarnInvalid(FunctionCall call, ScalarColumn quantiles, int position)
    {
        foreach (double quantile in quantiles.Values)
        {
            if (AmpEdge.PromQL.Quantiles.IsInvalid(quantile))
            {
                call.Context.Annotations.WarnInvalidQuantile(position, quantile);
            }
        }
    }

    private static Labels WithLabel(Labels labels, string name, string value)
    {
        LabelsBuilder builder = new();
        builder.Reset(labels);
        builder.Set(name, value);
        return builder.Build();
    }

    // The groups of different metrics stay apart until the name goes. The buckets are used up, the results are held.
    private static SeriesStream WithoutName(FunctionCall call, SeriesMatrix result, long heldBefore)
    {
        call.Context.Budget.ReturnTo(heldBefore);
        call.Context.Budget.HoldRows(result);
        result.NamesVary = true;
        return call.WithoutName(result.ToStream());
    }
}
