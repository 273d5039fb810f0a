using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Estimates from histograms. Samples of the store are floats, so histograms are classic ones: series with <c>le</c>.
/// </summary>
internal static class HistogramFunctions
{
    private const string ForcedMonotonic =
        "input to histogram_quantile needed to be fixed for monotonicity (see "
        + "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";

    /// <summary><c>histogram_quantile(φ, buckets)</c>.</summary>
    public static NodeValue Quantile(FunctionCall call)
    {
        ScalarColumn quantiles = call.Scalar(0);
        WarnInvalid(call, quantiles, call.Position(0));
        int position = call.Position(1);
        return Estimated(call, vectorArgument: 1, (buckets, step, labels) =>
            QuantileOf(call, quantiles.Values[step], buckets, labels, position));
    }

    /// <summary>
    /// <c>histogram_quantiles(buckets, label, φ…)</c>: one result for each quantile, told apart by the label.
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
        BucketGroups groups = BucketGroups.Collect(call.Vector(0), call, position);
        MergingMatrix result = new(call.Steps.Count);
        ClassicBucket[] buffer = [];
        double[] row = new double[call.Steps.Count];
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (ScalarColumn quantile in quantiles)
            {
                for (int first = 0; first < row.Length;)
                {
                    first = FillRun(call, groups, group, quantile, position, row, first, ref buffer);
                    string value = GoNumber.General(quantile.Values[first - 1]);
                    result.Add(WithLabel(groups.Labels(group), label, value), groups.DropName(group), row);
                }
            }
        }

        return WithoutName(call, result.Matrix, heldBefore);
    }

    /// <summary><c>histogram_fraction(lower, upper, buckets)</c>.</summary>
    public static NodeValue Fraction(FunctionCall call)
    {
        ScalarColumn lower = call.Scalar(0);
        ScalarColumn upper = call.Scalar(1);
        return Estimated(call, vectorArgument: 2, (buckets, step, _) =>
            ClassicHistogram.Fraction(lower.Values[step], upper.Values[step], buckets));
    }

    private delegate double Estimate(Span<ClassicBucket> buckets, int step, Labels labels);

    private static SeriesStream Estimated(FunctionCall call, int vectorArgument, Estimate estimate)
    {
        long heldBefore = call.Context.Budget.Held;
        BucketGroups groups = BucketGroups.Collect(call.Vector(vectorArgument), call, call.Position(vectorArgument));
        SeriesMatrix result = new(call.Steps.Count);
        ClassicBucket[] buffer = [];
        for (int group = 0; group < groups.Count; group++)
        {
            Span<double> row = result.AddMissing(groups.Labels(group), groups.DropName(group));
            for (int step = 0; step < row.Length; step++)
            {
                Span<ClassicBucket> buckets = groups.BucketsAt(group, step, ref buffer);
                if (!buckets.IsEmpty)
                {
                    row[step] = estimate(buckets, step, groups.Labels(group));
                }
            }
        }

        return WithoutName(call, result, heldBefore);
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
                : QuantileOf(call, quantile.Values[step], buckets, groups.Labels(group), position);
            step++;
        }

        return step;
    }

    private static double QuantileOf(
        FunctionCall call, double quantile, Span<ClassicBucket> buckets, Labels labels, int position)
    {
        if (quantile is >= 0 and <= 1 && double.IsPositiveInfinity(buckets[^1].UpperBound)
            && ClassicHistogram.ForceMonotonic(buckets))
        {
            call.Context.Annotations.Inform(position, ForcedMonotonic + BucketGroups.ForMetric(labels));
        }

        return ClassicHistogram.Quantile(quantile, buckets);
    }

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
