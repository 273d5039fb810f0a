namespace AmpEdge.Hosting;

/// <summary>
/// Waits and time-outs of any length: a configured interval may be years, and a timer of .NET takes no more than seven weeks.
/// </summary>
public static class LongWait
{
    /// <summary>Somewhat less than the 2^32 - 2 milliseconds that a timer takes.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    /// <summary>For time-outs, and for intervals at which it does no harm to be early: the length, or that of the longest timer.</summary>
    public static TimeSpan Bounded(TimeSpan length) => length < LongestTimer ? length : LongestTimer;

    /// <summary>Waits for the whole length.</summary>
    public static async Task DelayAsync(TimeSpan length, TimeProvider time, CancellationToken cancel)
    {
        while (length > LongestTimer)
        {
            await Task.Delay(LongestTimer, time, cancel).ConfigureAwait(false);
            length -= LongestTimer;
        }

        await Task.Delay(length, time, cancel).ConfigureAwait(false);
    }
}
