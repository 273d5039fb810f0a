namespace AmpEdge.PromQL;

/// <summary><c>stdvar</c> and <c>stddev</c> of the population, by Welford's method.</summary>
internal sealed class VarianceAggregation(int stepCount, bool squareRoot, AggregationNotes notes) : GroupAggregation(notes)
{
    private readonly ColumnSlab _counts = new(stepCount);
    private readonly ColumnSlab _means = new(stepCount);
    private readonly ColumnSlab _squares = new(stepCount);

    public override int BytesPerStep => 3 * sizeof(double);

    public override void AddGroup()
    {
        _counts.Add(0);
        _means.Add(0);
        _squares.Add(0);
    }

    public override void Accumulate(int group, ReadOnlySpan<double> values)
    {
        Span<double> counts = _counts[group];
        Span<double> means = _means[group];
        Span<double> squares = _squares[group];
        for (int step = 0; step < values.Length; step++)
        {
            double value = values[step];
            if (Missing.IsMissing(value))
            {
                continue;
            }

            counts[step]++;
            if (counts[step] == 1)
            {
                means[step] = value;
                squares[step] = double.IsFinite(value) ? 0 : double.NaN;
                continue;
            }

            double delta = value - means[step];
            means[step] += delta / counts[step];
            squares[step] += delta * (value - means[step]);
        }
    }

    public override void Finish(int group, Span<double> result)
    {
        ReadOnlySpan<double> counts = _counts[group];
        ReadOnlySpan<double> squares = _squares[group];
        for (int step = 0; step < result.Length; step++)
        {
            double variance = squares[step] / counts[step];
            result[step] = counts[step] == 0 ? Missing.Value : squareRoot ? Math.Sqrt(variance) : variance;
        }
    }
}
