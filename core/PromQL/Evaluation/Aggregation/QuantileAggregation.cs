namespace AmpEdge.PromQL;

/// <summary><c>quantile</c>: keeps all values of a group, because their order decides.</summary>
internal sealed class QuantileAggregation(int stepCount, ScalarColumn quantiles, AggregationNotes notes) : GroupAggregation(notes)
{
    private readonly List<ColumnSlab> _members = [];
    private double[] _sorted = [];

    public override int BytesPerStep => ColumnSlab.InitialColumns * sizeof(double);

    public override void AddGroup() => _members.Add(new ColumnSlab(stepCount));

    public override void Accumulate(int group, ReadOnlySpan<double> values) => _members[group].Add(values);

    public override void Finish(int group, Span<double> result)
    {
        ColumnSlab members = _members[group];
        if (_sorted.Length < members.Count)
        {
            _sorted = new double[members.Count];
        }

        for (int step = 0; step < result.Length; step++)
        {
            int count = 0;
            for (int member = 0; member < members.Count; member++)
            {
                double value = members[member][step];
                if (!Missing.IsMissing(value))
                {
                    _sorted[count++] = value;
                }
            }

            result[step] = count == 0
                ? Missing.Value
                : Quantiles.Of(quantiles.Values[step], _sorted.AsSpan(0, count));
        }
    }
}
