namespace AmpEdge.Agent.Scrape;

/// <summary>
/// When the scrapes of one target were, from which follows how new the last sample of a series can be: only what is older than the time
/// at which it was created may be followed by a zero of that time.
/// </summary>
internal sealed class ScrapeTimes
{
    /// <summary>Series that were away for more scrapes than this count as seen at the oldest one that is remembered.</summary>
    private const int Kept = 256;

    private readonly long[] _times = new long[Kept];
    private long _unknownSinceMs;

    /// <param name="unknownSinceMs">Of series that are not known here, there may be samples up to this time.</param>
    public ScrapeTimes(long unknownSinceMs)
    {
        _unknownSinceMs = unknownSinceMs;
        Array.Fill(_times, unknownSinceMs);
    }

    /// <summary>Notes the time of a scrape, good or failed.</summary>
    public void Note(int scrape, long timestampMs) => _times[scrape % Kept] = timestampMs;

    /// <summary>Series are forgotten that had samples up to this time.</summary>
    public void Forget(long timestampMs) => _unknownSinceMs = Math.Max(_unknownSinceMs, timestampMs);

    /// <summary>The time up to which a series may have samples, before it is taken in scrape <paramref name="now"/>.</summary>
    /// <param name="seenIn">The scrape that showed it last; 0 for none. The one after it ended the series, if it was gone then.</param>
    /// <param name="now">The scrape in progress.</param>
    public long LastSampleOf(int seenIn, int now)
    {
        if (seenIn == 0)
        {
            return _unknownSinceMs;
        }

        int last = Math.Max(Math.Min(seenIn + 1, now - 1), now - Kept + 1);
        return _times[Math.Max(last, 0) % Kept];
    }
}
