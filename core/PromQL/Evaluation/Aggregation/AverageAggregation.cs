namespace AmpEdge.PromQL;

/// <summary><c>avg</c>.</summary>
internal sealed class AverageAggregation(int stepCount) : GroupAggregation
{
    private readonly List<RunningMean[]> _means = [];

    public override int BytesPerStep => RunningMean.SizeBytes;

    public override void AddGroup() => _means.Add(new RunningMean[stepCount]);

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
}
