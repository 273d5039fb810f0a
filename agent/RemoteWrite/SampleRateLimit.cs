namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// A cap in samples per second over all shards of a destination. A request may go out whole while nothing is owed; what it
/// holds is then owed, and later ones wait until that is paid. Thread-safe.
/// </summary>
internal sealed class SampleRateLimit(int samplesPerSecond, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>Until when what was sent already uses the rate up, as a timestamp.</summary>
    private long _paidUntil = time.GetTimestamp();

    /// <summary>Takes so many samples' share of the rate; returns how long to wait before sending them.</summary>
    public TimeSpan Reserve(int samples)
    {
        if (samplesPerSecond <= 0)
        {
            return TimeSpan.Zero;
        }

        lock (_lock)
        {
            long now = time.GetTimestamp();
            long start = Math.Max(now, _paidUntil);
            _paidUntil = start + (long)((double)samples / samplesPerSecond * time.TimestampFrequency);
            return time.GetElapsedTime(now, start);
        }
    }
}
