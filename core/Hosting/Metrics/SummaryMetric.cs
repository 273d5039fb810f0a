namespace AmpEdge.Hosting;

/// <summary>
/// Quantiles of the latest observations beside the number and sum of all. For names that Prometheus has as summaries; a
/// histogram is the better choice elsewhere, because it adds up over processes.
/// </summary>
/// <remarks>Thread-safe. The latest <see cref="Window"/> observations are kept, which one that is never made costs nothing.</remarks>
public sealed class SummaryMetric : Metric
{
    /// <summary>How many observations the quantiles are of.</summary>
    public const int Window = 512;

    private const int FirstCapacity = 16;

    private static readonly double[] s_quantiles = [0.01, 0.05, 0.5, 0.9, 0.99];

    private readonly Lock _recentLock = new();
    private double[] _recent = [];
    private long _count;
    private double _sum;

    internal SummaryMetric()
    {
    }

    /// <summary>The quantiles that are shown, ascending.</summary>
    public static ReadOnlySpan<double> Quantiles => s_quantiles;

    public long Count
    {
        get
        {
            lock (_recentLock)
            {
                return _count;
            }
        }
    }

    public void Observe(double value)
    {
        lock (_recentLock)
        {
            if (_count == _recent.Length && _recent.Length < Window)
            {
                Array.Resize(ref _recent, Math.Max(FirstCapacity, _recent.Length * 2));
            }

            _recent[(int)(_count % _recent.Length)] = value;
            _count++;
            _sum += value;
        }
    }

    /// <summary>Sum and number of all observations, and the quantiles of the latest; NaN before the first.</summary>
    internal (double Sum, long Count, double[] Values) Read()
    {
        double[] sorted;
        double sum;
        long count;
        lock (_recentLock)
        {
            sorted = _recent[..(int)Math.Min(_count, _recent.Length)];
            (sum, count) = (_sum, _count);
        }

        Array.Sort(sorted);
        double[] values = new double[s_quantiles.Length];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = sorted.Length == 0
                ? double.NaN
                : sorted[Math.Min(sorted.Length - 1, (int)(s_quantiles[index] * sorted.Length))];
        }

        return (sum, count, values);
    }
}
