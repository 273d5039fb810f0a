using AmpEdge.Hosting;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Ticks at a fixed rate and says which time a scrape should carry. Intervals are measured by the monotonic clock, so
/// a late tick does not delay the next, and missed ones are skipped. The time given is the ideal one as long as the
/// wall clock agrees within the tolerance: equal distances between samples compress best.
/// </summary>
internal sealed class ScrapeTicker
{
    private const int MaxMisses = 3;

    /// <summary>Prometheus's tolerance, which a hundredth of the interval may lower.</summary>
    private static readonly TimeSpan s_maxTolerance = TimeSpan.FromMilliseconds(2);

    private readonly TimeSpan _interval;
    private readonly TimeSpan _tolerance;
    private readonly TimeProvider _time;
    private readonly long _start;
    private DateTimeOffset _anchor;
    private long _ticks;
    private int _misses;

    /// <summary>When the last scrape began, from the first tick on.</summary>
    private TimeSpan _lastScrape;

    /// <summary>The first tick is now.</summary>
    public ScrapeTicker(TimeSpan interval, TimeProvider time)
    {
        _interval = interval;
        _time = time;
        _tolerance = interval / 100 < s_maxTolerance ? interval / 100 : s_maxTolerance;
        _start = time.GetTimestamp();
        _anchor = time.GetUtcNow();
    }

    /// <summary>
    /// How long until a target's next scrape: its hash gives it a place in the interval, which spreads targets evenly
    /// and is the same after a restart. More than zero and whole milliseconds, so that who starts over right after a
    /// scrape, as a reload does, never scrapes at that place again.
    /// </summary>
    public static TimeSpan FirstOffset(ulong hash, TimeSpan interval, DateTimeOffset now)
    {
        long intoInterval = (now - DateTimeOffset.UnixEpoch).Ticks % interval.Ticks;
        long place = (long)(hash % (ulong)interval.Ticks);
        place -= place % TimeSpan.TicksPerMillisecond;
        long wait = place > intoInterval ? place - intoInterval : interval.Ticks - intoInterval + place;
        return WholeMilliseconds(TimeSpan.FromTicks(wait));
    }

    /// <summary>
    /// Waits for the next tick. Those that have passed meanwhile are left out, and the one that the last scrape came so late for
    /// that it would carry its time.
    /// </summary>
    public Task WaitAsync(CancellationToken stop)
    {
        TimeSpan elapsed = _time.GetElapsedTime(_start);
        long behindLastScrape = (long)((_lastScrape + _tolerance) / _interval) + 1;
        _ticks = Math.Max(Math.Max(_ticks + 1, behindLastScrape), (long)(elapsed / _interval));
        TimeSpan wait = WholeMilliseconds((_interval * _ticks) - elapsed);
        return wait > TimeSpan.Zero ? LongWait.DelayAsync(wait, _time, stop) : Task.CompletedTask;
    }

    /// <summary>The time of the scrape that begins now: the ideal one, unless the clock is further from it than the tolerance.</summary>
    public DateTimeOffset ScrapeTime()
    {
        _lastScrape = _time.GetElapsedTime(_start);
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset ideal = _anchor + (_interval * _ticks);
        if ((now - ideal).Duration() <= _tolerance)
        {
            _misses = 0;
            return ideal;
        }

        // A late tick or two is load. Several in a row mean that the wall clock was set: ideal times start over from here.
        if (++_misses == MaxMisses)
        {
            _anchor += now - ideal;
            _misses = 0;
        }

        return now;
    }

    /// <summary>Timers leave out fractions of milliseconds, and would end before the place that they wait for.</summary>
    private static TimeSpan WholeMilliseconds(TimeSpan wait) =>
        TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
