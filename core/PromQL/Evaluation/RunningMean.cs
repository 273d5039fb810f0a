namespace AmpEdge.PromQL;

/// <summary>
/// The mean of values added one by one: a compensated sum divided at the end, or, once that sum would overflow, a mean
/// that is corrected with each value.
/// </summary>
internal struct RunningMean
{
    /// <summary>What one takes in an array.</summary>
    public const int SizeBytes = 4 * sizeof(double);

    private double _sumOrMean;
    private double _compensation;
    private double _count;
    private bool _incremental;

    /// <summary>The mean of values whose compensated sum is known and finite.</summary>
    public RunningMean(double sum, double compensation, double count)
    {
        _sumOrMean = sum;
        _compensation = compensation;
        _count = count;
    }

    public void Add(double value)
    {
        _count++;
        if (_count == 1)
        {
            _sumOrMean = value;
            return;
        }

        if (!_incremental)
        {
            double sum = _sumOrMean;
            double compensation = _compensation;
            KahanSum.Add(value, ref sum, ref compensation);
            if (!double.IsInfinity(sum))
            {
                _sumOrMean = sum;
                _compensation = compensation;
                return;
            }

            _incremental = true;
            _sumOrMean /= _count - 1;
            _compensation /= _count - 1;
        }

        double weight = (_count - 1) / _count;
        _sumOrMean *= weight;
        _compensation *= weight;
        KahanSum.Add(value / _count, ref _sumOrMean, ref _compensation);
    }

    /// <summary>No value was added.</summary>
    public readonly bool IsEmpty => _count == 0;

    public readonly double Result =>
        _incremental ? _sumOrMean + _compensation : (_sumOrMean / _count) + (_compensation / _count);
}
