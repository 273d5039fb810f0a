using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary><c>avg</c>.</summary>
internal sealed class AverageAggregation(int stepCount, QueryBudget budget, AggregationNotes notes) : GroupAggregation(notes)
{
    private readonly HistogramAggregation _histograms = new(stepCount, isMean: true, budget, notes);
    private readonly List<RunningMean[]> _means = [];

    public override int BytesPerStep => RunningMean.SizeBytes;

    public override void AddGroup()
    {
        _means.Add(new RunningMean[stepCount]);
        _histograms.AddGroup();
    }

    public override void Accumulate(int group, ReadOnlySpan<double> values)
    {
        Span<RunningMean> means = _means[group];
        for (int step = 0; step < values.Length; step++)
        {
            if (!Missing.IsMissing(values[step]))
            {
                means[step].Add(values[step]);
            }
        }
    }

    public override void Finish(int group, Span<double> result)
    {
        ReadOnlySpan<RunningMean> means = _means[group];
        for (int step = 0; step < result.Length; step++)
        {
            result[step] = means[step].IsEmpty ? Missing.Value : means[step].Result;
        }
    }

    public override void AccumulateHistograms(int group, Labels labels, ReadOnlySpan<FloatHistogram?> histograms) =>
        _histograms.Accumulate(group, labels, histograms, new Floats(_means[group]));

    public override FloatHistogram?[]? FinishHistograms(int group, Span<double> result) => _histograms.Finish(group, result);

    private readonly struct Floats(RunningMean[] means) : IFloatPresence
    {
        public bool Has(int step) => !means[step].IsEmpty;
    }
}
