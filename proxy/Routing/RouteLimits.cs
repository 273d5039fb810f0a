using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Routing;

/// <summary>What a route has taken on and still may; kept through reloads that do not change it.</summary>
internal sealed class RouteLimits
{
    private readonly TokenBucket? _requests;
    private readonly TokenBucket? _samples;
    private int _running;

    public RouteLimits(LimitsConfig config, TimeProvider time)
    {
        Config = config;
        _requests = config.RequestsPerSecond > 0 ? new TokenBucket(config.RequestsPerSecond, time) : null;
        _samples = config.SamplesPerSecond > 0 ? new TokenBucket(config.SamplesPerSecond, time) : null;
    }

    public LimitsConfig Config { get; }

    /// <summary>True when samples have to be counted.</summary>
    public bool CountsSamples => _samples is not null;

    /// <summary>Takes one of the places for running requests, which <see cref="Leave"/> gives back; false when all are taken.</summary>
    public bool TryEnter()
    {
        int running = Interlocked.Increment(ref _running);
        if (Config.ConcurrentRequests == 0 || running <= Config.ConcurrentRequests)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _running);

    /// <summary>Zero when one more request may pass; else how long to wait.</summary>
    public TimeSpan TakeRequest() => _requests?.Take(1) ?? TimeSpan.Zero;

    /// <summary>Zero when that many samples may pass; else how long to wait.</summary>
    public TimeSpan TakeSamples(int count) => _samples?.Take(count) ?? TimeSpan.Zero;
}
