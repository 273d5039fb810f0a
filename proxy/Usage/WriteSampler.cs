namespace AmpEdge.Proxy.Usage;

/// <summary>
/// Chooses the writes that are decoded: all while there are few, else about <c>writesPerSecond</c> of them at random. Thread-safe.
/// </summary>
/// <remarks>
/// A chosen write stands for itself and for those passed over since the one before (for whatever reason), so that the sum of the
/// weights is the number of writes. Which one is chosen does not depend on its content: expected sums of samples are right.
/// Series need no such scaling: one that is written on is met sooner or later within a period.
/// </remarks>
internal sealed class WriteSampler(int writesPerSecond, int seed, TimeProvider time)
{
    private readonly Lock _countLock = new();
    private readonly Random _random = new(seed);
    private long _secondStarted = time.GetTimestamp();
    private long _thisSecond;
    private double _recentPerSecond;
    private long _passedOver;

    /// <summary>True with the weight when a write is to be decoded.</summary>
    public bool Choose(out long weight)
    {
        lock (_countLock)
        {
            Count();
            double expected = Math.Max(_recentPerSecond, _thisSecond);
            if (expected > writesPerSecond && _random.NextDouble() * expected >= writesPerSecond)
            {
                _passedOver++;
                weight = 0;
                return false;
            }

            weight = _passedOver + 1;
            _passedOver = 0;
            return true;
        }
    }

    /// <summary>A chosen write was not taken after all: the next one stands for it.</summary>
    public void PassOver(long weight)
    {
        lock (_countLock)
        {
            _passedOver += weight;
        }
    }

    private void Count()
    {
        double seconds = time.GetElapsedTime(_secondStarted).TotalSeconds;
        if (seconds >= 1)
        {
            _recentPerSecond = _thisSecond / seconds;
            _thisSecond = 0;
            _secondStarted = time.GetTimestamp();
        }

        _thisSecond++;
    }
}
