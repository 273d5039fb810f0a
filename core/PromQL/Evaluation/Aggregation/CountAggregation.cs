using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary><c>count</c>, and <c>group</c>, which is 1 wherever a count would not be empty.</summary>
internal sealed class CountAggregation(int stepCount, bool always1, AggregationNotes notes) : GroupAggregation(notes)
{
    private readonly ColumnSlab _counts = new(stepCount);

    public override int BytesPerStep => sizeof(double);

    public override void AddGroup() => _counts.Add(0);

    public override void Accumulate(int group, ReadOnlySpan<double> values)
    {
        Span<double> counts = _counts[group];
        for (int step = 0; step < values.Length; step++)
        {
            counts[step] += Missing.IsMissing(values[step]) ? 0 : 1;
        }
    }

    /// <summary>Native histograms are counted like values.</summary>
    public override void AccumulateHistograms(int group, Labels labels, ReadOnlySpan<FloatHistogram?> histograms)
    {
        Span<double> counts = _counts[group];
        for (int step = 0; step < histograms.Length; step++)
        {
            counts[step] += histograms[step] is null ? 0 : 1;
        }
    }

    public override void Finish(int group, Span<double> result)
    {
        ReadOnlySpan<double> counts = _counts[group];
        for (int step = 0; step < result.Length; step++)
        {
            result[step] = counts[step] == 0 ? Missing.Value : always1 ? 1 : counts[step];
        }
    }
}
