using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class ShardSizerTests
{
    private const double IntervalSeconds = 10;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(IntervalSeconds);
    private readonly ShardSizer _sizer = new(new QueueConfig { MinShards = 1, MaxShards = 20 });

    public ShardSizerTests()
    {
        for (int interval = 0; interval < 2; interval++)
        {
            // What a starting program is like does not count.
            Assert.Equal(3, Next(3, 100_000, 10, 30, TimeSpan.FromHours(1)));
        }
    }

    [Fact]
    public void As_many_shards_as_the_requests_take_time() =>
        // 10,000 samples a second at half a millisecond each keep five shards busy.
        Assert.Equal(5, Settle(1, secondsPerSample: 0.0005));

    [Fact]
    public void A_slow_receiver_gets_no_more_than_twice_as_many_shards_at_once()
    {
        Assert.Equal(2, Next(1, 100_000, 20_000, 10));
        Assert.Equal(4, Next(2, 100_000, 40_000, 20));
        Assert.Equal(5, Next(4, 100_000, 80_000, 40));
    }

    [Fact]
    public void A_backlog_asks_for_more() =>
        Assert.Equal(10, Next(5, 100_000, 100_000, 50, TimeSpan.FromSeconds(60)));

    [Fact]
    public void A_backlog_that_is_not_the_receivers_doing_does_not() =>
        Assert.Equal(1, Next(1, 500_000, 100_000, 4, TimeSpan.FromSeconds(60)));

    [Fact]
    public void The_number_falls_only_when_a_minute_agrees_and_no_further_than_all_of_it_does()
    {
        Assert.Equal(8, Next(8, 100_000, 100_000, 80));
        int current = 8;
        int intervals = 0;
        while (current == 8)
        {
            current = Next(8, 100_000, 100_000, 30);
            intervals++;
            Assert.True(intervals < 30);
        }

        // The smoothed time falls below seven tenths in the third interval, where it asks for six.
        Assert.Equal(8, intervals);
        Assert.Equal(6, current);
    }

    [Fact]
    public void One_interval_that_needs_them_all_keeps_them()
    {
        for (int interval = 0; interval < 40; interval++)
        {
            Assert.Equal(2, Next(2, 100_000, 100_000, interval % 5 == 0 ? 20 : 8));
        }
    }

    [Theory]
    [InlineData(1, 0.5, 20)]
    [InlineData(7, 0.0000001, 1)]
    [InlineData(30, 0.5, 20)]
    public void The_bounds_hold(int current, double secondsPerSample, int expected) =>
        Assert.Equal(expected, Settle(current, secondsPerSample));

    [Fact]
    public void Small_differences_and_destinations_that_take_nothing_change_nothing()
    {
        Assert.Equal(5, Next(5, 100_000, 100_000, 40));
        Assert.Equal(7, Next(7, 100_000, 0, 0, TimeSpan.FromHours(1)));
    }

    /// <summary>What becomes of a number of shards when 10,000 samples a second come and a request takes so long for each.</summary>
    private int Settle(int current, double secondsPerSample)
    {
        for (int interval = 0; interval < 100; interval++)
        {
            double samples = Math.Min(100_000, current * IntervalSeconds / secondsPerSample);
            current = Next(current, 100_000, (long)samples, samples * secondsPerSample);
        }

        return current;
    }

    private int Next(int current, long samplesIn, long samplesOut, double sendSeconds, TimeSpan behind = default) =>
        _sizer.Next(current, samplesIn, samplesOut, TimeSpan.FromSeconds(sendSeconds), behind, s_interval);
}
