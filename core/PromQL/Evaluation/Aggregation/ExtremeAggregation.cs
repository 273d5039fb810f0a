namespace AmpEdge.PromQL;

/// <summary><c>min</c> and <c>max</c>: NaN gives way to any number.</summary>
internal sealed class ExtremeAggregation(int stepCount, bool wantGreatest, AggregationNotes notes) : GroupAggregation(notes)
{
    private readonly ColumnSlab _extremes = new(stepCount);

    public override int BytesPerStep => sizeof(double);

    public override void AddGroup() => _extremes.Add(Missing.Value);

    public override void Accumulate(int group, ReadOnlySpan<double> values)
    {
        Span<double> extremes = _extremes[group];
        for (int step = 0; step < values.Length; step++)
        {
            double value = values[step];
            if (Missing.IsMissing(value))
            {
                continue;
            }

            // The mark of a missing value is a NaN too, so a first value is taken by the same test.
            double extreme = extremes[step];
            if (double.IsNaN(extreme) || (wantGreatest ? value > extreme : value < extreme))
            {
                extremes[step] = value;
            }
        }
    }

    public override void Finish(int group, Span<double> result) => _extremes[group].CopyTo(result);
}
