using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary><c>sum</c>, compensated, so that the order of the series matters as little as it can.</summary>
internal sealed class SumAggregation(int stepCount, QueryBudget budget, AggregationNotes notes) : GroupAggregation(notes)
{
    private readonly HistogramAggregation _histograms = new(stepCount, isMean: false, budget, notes);
    private readonly ColumnSlab _sums = new(stepCount);
    private readonly ColumnSlab _compensations = new(stepCount);

    public override int BytesPerStep => 2 * sizeof(double);

    public override void AddGroup()
    {
        _sums.Add(Missing.Value);
        _compensations.Add(0);
        _histograms.AddGroup();
    }

    public override void Accumulate(int group, ReadOnlySpan<double> values) =>
        KahanSum.AddColumn(values, _sums[group], _compensations[group]);

    public override void Finish(int group, Span<double> result)
    {
        ReadOnlySpan<double> sums = _sums[group];
        ReadOnlySpan<double> compensations = _compensations[group];
        for (int step = 0; step < result.Length; step++)
        {
            result[step] = Missing.IsMissing(sums[step]) ? Missing.Value : sums[step] + compensations[step];
        }
    }

    public override void AccumulateHistograms(int group, Labels labels, ReadOnlySpan<FloatHistogram?> histograms) =>
        _histograms.Accumulate(group, labels, histograms, new Floats(_sums, group));

    public override FloatHistogram?[]? FinishHistograms(int group, Span<double> result) => _histograms.Finish(group, result);

    private readonly struct Floats(ColumnSlab sums, int group) : IFloatPresence
    {
        public bool Has(int step) => !Missing.IsMissing(sums[group][step]);
    }
}
