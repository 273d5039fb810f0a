using AmpEdge.Hosting;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The waits between tries: each twice the one before, up to a limit, and each varied a little so that shards and agents that
/// failed together do not come back together.
/// </summary>
/// <param name="min">The first wait.</param>
/// <param name="max">The longest.</param>
/// <param name="random">Varies them.</param>
/// <param name="jitter">A wait is up to this part shorter or longer than its nominal length.</param>
internal struct Backoff(TimeSpan min, TimeSpan max, Random random, double jitter = Backoff.UsualJitter)
{
    private const double UsualJitter = 0.1;

    /// <summary>Where the waits begin to grow when the first one is none: a receiver that fails is not to be asked without a pause.</summary>
    private const long MinGrownTicks = TimeSpan.TicksPerMillisecond;

    /// <summary>No receiver makes us wait longer than this: what it asks for may be a mistake, or a date far ahead.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    private TimeSpan _next = min;

    /// <summary>The next wait; what the receiver asked for by <c>Retry-After</c> goes first and is not varied.</summary>
    public TimeSpan Next(TimeSpan? retryAfter)
    {
        TimeSpan nominal = _next;
        _next = TimeSpan.FromTicks(Math.Min(Math.Max(nominal.Ticks * 2, MinGrownTicks), max.Ticks));
        if (retryAfter is { } asked && asked > TimeSpan.Zero)
        {
            return asked < MaxRetryAfter ? asked : MaxRetryAfter;
        }

        return LongWait.Bounded(nominal * (1 - jitter + 2 * jitter * random.NextDouble()));
    }
}
