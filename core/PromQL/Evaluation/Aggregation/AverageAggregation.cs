using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary><c>avg</c>: sums and counts, unless a sum of the group would overflow, which a mean kept up to date does not.</summary>
internal sealed class AverageAggregation(int stepCount, QueryBudget budget, AggregationNotes notes) : GroupAggregation(notes)
{
    private readonly HistogramAggregation _histograms = new(stepCount, isMean: true, budget, notes);
    private readonly ColumnSlab _sums = new(stepCount);
    private readonly ColumnSlab _compensations = new(stepCount);
    private readonly ColumnSlab _counts = new(stepCount);

    /// <summary>By group; null while all its sums are finite.</summary>
    private readonly List<RunningMean[]?> _means = [];

    public override int BytesPerStep => 3 * sizeof(double);

    public override void AddGroup()
    {
        _sums.Add(Missing.Value);
        _compensations.Add(0);
        _counts.Add(0);
        _means.Add(null);
        _histograms.AddGroup();
    }

    public override void Accumulate(int group, ReadOnlySpan<double> values)
    {
        if (_means[group] is null && !KahanSum.StaysFinite(values, _sums[group]))
        {
            budget.HoldBytes((long)stepCount * RunningMean.SizeBytes);
            _means[group] = MeansSoFar(group);
        }

        if (_means[group] is { } means)
        {
            for (int step = 0; step < values.Length; step++)
            {
                if (!Missing.IsMissing(values[step]))
                {
                    means[step].Add(values[step]);
                }
            }

            return;
        }

        KahanSum.AddColumn(values, _sums[group], _compensations[group]);
        Span<double> counts = _counts[group];
        for (int step = 0; step < values.Length; step++)
        {
            counts[step] += Missing.IsMissing(values[step]) ? 0 : 1;
        }
    }

    public override void Finish(int group, Span<double> result)
    {
        RunningMean[]? means = _means[group];
        ReadOnlySpan<double> sums = _sums[group];
        ReadOnlySpan<double> compensations = _compensations[group];
        ReadOnlySpan<double> counts = _counts[group];
        for (int step = 0; step < result.Length; step++)
        {
            RunningMean mean = means is null ? new(sums[step], compensations[step], counts[step]) : means[step];
            result[step] = mean.IsEmpty ? Missing.Value : mean.Result;
        }
    }

    public override void AccumulateHistograms(int group, Labels labels, ReadOnlySpan<FloatHistogram?> histograms) =>
        _histograms.Accumulate(group, labels, histograms, new Floats(this, group));

    public override FloatHistogram?[]? FinishHistograms(int group, Span<double> result) => _histograms.Finish(group, result);

    private RunningMean[] MeansSoFar(int group)
    {
        RunningMean[] means = new RunningMean[stepCount];
        for (int step = 0; step < means.Length; step++)
        {
            if (_counts[group][step] > 0)
            {
                means[step] = new RunningMean(_sums[group][step], _compensations[group][step], _counts[group][step]);
            }
        }

        return means;
    }

    private readonly struct Floats(AverageAggregation owner, int group) : IFloatPresence
    {
        public bool Has(int step) =>
            owner._means[group] is { } means ? !means[step].IsEmpty : owner._counts[group][step] > 0;
    }
}
