namespace AmpEdge.Proxy.Config;

/// <summary>How long a route waits for its upstream.</summary>
internal sealed record TimeoutsConfig
{
    // What every timer of the runtime can be set to.
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>From the first packet to a usable connection, TLS included.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From sending a request to the head of its answer; infinite for <see cref="Idle"/> alone.</summary>
    public TimeSpan Headers { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>From sending a request to the end of its answer, repetitions included; infinite for no limit.</summary>
    public TimeSpan Total { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the upstream may stay silent, before and within its answer.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long an unused connection to the upstream is kept; infinite for no limit.</summary>
    public TimeSpan IdleConnection { get; init; } = TimeSpan.FromSeconds(40);
}
