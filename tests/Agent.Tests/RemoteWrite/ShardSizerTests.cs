using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class ShardSizerTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private readonly ShardSizer _sizer = new(new QueueConfig { MinShards = 1, MaxShards = 20 });

    [Fact]
    public void As_many_shards_as_the_requests_take_time() =>
        // 10,000 samples a second at half a millisecond each keep five shards busy.
        Assert.Equal(5, Settle(1, 100_000, 100_000, TimeSpan.FromSeconds(50), TimeSpan.Zero));

    [Fact]
    public void A_backlog_asks_for_more() =>
        Assert.True(Settle(5, 100_000, 100_000, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60)) > 10);

    [Theory]
    [InlineData(1, 5000, 20)]
    [InlineData(7, 0.001, 1)]
    public void The_bounds_hold(int current, double sendSeconds, int expected) =>
        Assert.Equal(expected, Settle(current, 100_000, 100_000, TimeSpan.FromSeconds(sendSeconds), TimeSpan.Zero));

    [Fact]
    public void Small_differences_and_destinations_that_take_nothing_change_nothing()
    {
        Assert.Equal(5, Settle(5, 100_000, 100_000, TimeSpan.FromSeconds(40), TimeSpan.Zero));
        Assert.Equal(7, Settle(7, 100_000, 0, TimeSpan.Zero, TimeSpan.FromHours(1)));
    }

    private int Settle(int current, long samplesIn, long samplesOut, TimeSpan sendTime, TimeSpan behind) =>
        _sizer.Next(current, samplesIn, samplesOut, sendTime, behind, s_interval);
}
