namespace AmpEdge.Tsdb;

/// <summary>From when to when a request's samples may be, as the head, the retention and the clock stand now. Thread-safe.</summary>
internal sealed class AcceptedTimes(DatabaseOptions options, Head head, Upkeep upkeep, TimeProvider time)
{
    /// <summary>The earliest time of samples in order: nothing is taken that the next maintenance would delete.</summary>
    public long OldestMs() => Math.Max(
        BackFrom(head.MaxTimeMs, Shorter(options.OldestAcceptedAge, upkeep.Retention)), head.MinValidTimeMs);

    /// <summary>
    /// The earliest time of samples out of order, which too are not taken when the next maintenance would delete them. They may
    /// belong before the last cut: then they wait in the head for the next one.
    /// </summary>
    public long OldestLateMs(TimeSpan window) => BackFrom(head.MaxTimeMs, Shorter(window, upkeep.Retention));

    /// <summary>The latest time.</summary>
    public long NewestMs() => options.FutureTolerance == TimeSpan.MaxValue
        ? long.MaxValue
        : time.GetUtcNow().ToUnixTimeMilliseconds() + Milliseconds(options.FutureTolerance);

    private static TimeSpan Shorter(TimeSpan first, TimeSpan second) => first < second ? first : second;

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    /// <summary>
    /// Stops at the earliest time there is: a sender may begin with any time, and one that wraps around would be the
    /// latest, before which everything is too old.
    /// </summary>
    private static long BackFrom(long timestampMs, TimeSpan span) =>
        timestampMs < long.MinValue + Milliseconds(span) ? long.MinValue : timestampMs - Milliseconds(span);
}
