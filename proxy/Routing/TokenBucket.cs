namespace AmpEdge.Proxy.Routing;

/// <summary>
/// So much a second, up to one second's worth at once. Something larger than that passes when there is anything left and is
/// paid off before the next passes, so that the average holds whatever the sizes are.
/// </summary>
internal sealed class TokenBucket
{
    private readonly Lock _tokensLock = new();
    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private double _tokens;
    private long _countedAt;

    public TokenBucket(double perSecond, TimeProvider time)
    {
        _perSecond = perSecond;
        _time = time;
        _tokens = Math.Max(1, perSecond);
        _countedAt = time.GetTimestamp();
    }

    /// <summary>Takes that much and returns zero; or takes nothing and returns how long to wait.</summary>
    public TimeSpan Take(double count)
    {
        lock (_tokensLock)
        {
            long now = _time.GetTimestamp();
            _tokens = Math.Min(
                Math.Max(1, _perSecond), _tokens + _perSecond * _time.GetElapsedTime(_countedAt, now).TotalSeconds);
            _countedAt = now;
            double least = Math.Min(1, count);
            if (_tokens < least)
            {
                return TimeSpan.FromSeconds((least - _tokens) / _perSecond);
            }

            _tokens -= count;
            return TimeSpan.Zero;
        }
    }
}
