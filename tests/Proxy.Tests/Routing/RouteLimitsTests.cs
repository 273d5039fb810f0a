using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Routing;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Routing;

public sealed class RouteLimitsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Requests_a_second_come_back_with_time()
    {
        RouteLimits limits = new(new LimitsConfig { RequestsPerSecond = 2 }, _time);

        Assert.Equal(TimeSpan.Zero, limits.TakeRequest());
        Assert.Equal(TimeSpan.Zero, limits.TakeRequest());
        Assert.Equal(TimeSpan.FromSeconds(0.5), limits.TakeRequest());
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, limits.TakeRequest());
        Assert.NotEqual(TimeSpan.Zero, limits.TakeRequest());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, limits.TakeRequest());
        Assert.Equal(TimeSpan.Zero, limits.TakeRequest());
        Assert.NotEqual(TimeSpan.Zero, limits.TakeRequest());
    }

    [Fact]
    public void A_write_larger_than_a_second_passes_once_and_is_paid_off()
    {
        RouteLimits limits = new(new LimitsConfig { SamplesPerSecond = 100 }, _time);

        Assert.True(limits.CountsSamples);
        Assert.Equal(TimeSpan.Zero, limits.TakeSamples(500));
        Assert.Equal(4.01, limits.TakeSamples(10).TotalSeconds, 3);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.NotEqual(TimeSpan.Zero, limits.TakeSamples(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, limits.TakeSamples(100));
    }

    [Fact]
    public void Places_are_given_back()
    {
        RouteLimits limits = new(new LimitsConfig { ConcurrentRequests = 1 }, _time);

        Assert.True(limits.TryEnter());
        Assert.False(limits.TryEnter());
        limits.Leave();
        Assert.True(limits.TryEnter());
    }

    [Fact]
    public void Without_limits_everything_passes()
    {
        RouteLimits limits = new(new LimitsConfig(), _time);

        Assert.False(limits.CountsSamples);
        Assert.True(limits.TryEnter() && limits.TryEnter());
        Assert.Equal(TimeSpan.Zero, limits.TakeRequest());
        Assert.Equal(TimeSpan.Zero, limits.TakeSamples(int.MaxValue));
    }
}
