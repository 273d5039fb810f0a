using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>What a target's scrapes know of one of its series. Several lines may lead to the same series.</summary>
internal struct SeriesState
{
    /// <summary>The series in the buffer; held until the state is removed.</summary>
    public SeriesRef Ref;

    /// <summary>The last attempt at a scrape that showed the series.</summary>
    public int SeenIn;

    /// <summary>
    /// The last good scrape that stored a sample whose absence matters: not one with a time of its own, unless
    /// <c>track_timestamps_staleness</c> is set.
    /// </summary>
    public int TrackedIn;

    /// <summary>How many cached lines lead here.</summary>
    public int Lines;
}
