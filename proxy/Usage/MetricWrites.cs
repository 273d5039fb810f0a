using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>What was written of one metric in the running period and in the one before. Not thread-safe.</summary>
internal sealed class MetricWrites(long firstMs)
{
    private PeriodWrites _current = new();
    private PeriodWrites _previous = new();
    private long _period;

    /// <summary>When it was seen first, in milliseconds since 1970.</summary>
    public long FirstMs { get; private set; } = firstMs;

    public long LastMs { get; private set; } = firstMs;

    /// <summary>Adds samples of one series.</summary>
    public void Add(long period, double samples, ulong seriesHash, long timeMs)
    {
        MoveTo(period);
        _current.Samples += samples;
        (_current.Series ??= new DistinctCounter()).Add(seriesHash);
        LastMs = Math.Max(LastMs, timeMs);
    }

    /// <summary>The period that runs.</summary>
    public PeriodWrites CurrentAt(long period) => _period == period ? _current : new PeriodWrites();

    /// <summary>The period before it.</summary>
    public PeriodWrites PreviousAt(long period) =>
        _period == period ? _previous : _period == period - 1 ? _current : new PeriodWrites();

    /// <summary>Puts what was read from a file.</summary>
    public void Restore(long period, PeriodWrites current, PeriodWrites previous, long lastMs)
    {
        _period = period;
        _current = current;
        _previous = previous;
        LastMs = Math.Max(LastMs, lastMs);
    }

    private void MoveTo(long period)
    {
        if (_period != period)
        {
            _previous = PreviousAt(period);
            _current = new PeriodWrites();
            _period = period;
        }
    }
}
