using AmpEdge.Agent.Scrape;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class ScrapeTickerTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(15);

    private readonly ManualTime _time = new();
    private TimeSpan _off;

    [Fact]
    public void Ticks_a_little_early_or_late_carry_the_ideal_time()
    {
        DateTimeOffset start = _time.GetUtcNow();
        ScrapeTicker ticker = new(s_interval, _time);
        Assert.Equal(start, ticker.ScrapeTime());

        Tick(ticker, TimeSpan.FromMilliseconds(1.5));
        Assert.Equal(start + s_interval, ticker.ScrapeTime());
        Tick(ticker, TimeSpan.FromMilliseconds(-0.5));
        Assert.Equal(start + (2 * s_interval), ticker.ScrapeTime());
    }

    [Fact]
    public void A_late_tick_carries_the_true_time_and_does_not_delay_the_next()
    {
        DateTimeOffset start = _time.GetUtcNow();
        ScrapeTicker ticker = new(s_interval, _time);
        Tick(ticker, TimeSpan.FromMilliseconds(40));
        Assert.Equal(start + s_interval + TimeSpan.FromMilliseconds(40), ticker.ScrapeTime());

        Task next = ticker.WaitAsync(CancellationToken.None);
        _time.Advance(s_interval - TimeSpan.FromMilliseconds(40));
        Assert.True(next.IsCompleted);
        Assert.Equal(start + (2 * s_interval), ticker.ScrapeTime());
    }

    [Fact]
    public void Ticks_that_a_long_scrape_missed_are_left_out()
    {
        DateTimeOffset start = _time.GetUtcNow();
        ScrapeTicker ticker = new(s_interval, _time);
        _time.Advance(3.5 * s_interval);
        Assert.True(ticker.WaitAsync(CancellationToken.None).IsCompleted);

        Task next = ticker.WaitAsync(CancellationToken.None);
        _time.Advance(0.5 * s_interval);
        Assert.True(next.IsCompleted);
        Assert.Equal(start + (4 * s_interval), ticker.ScrapeTime());
    }

    [Theory]
    [InlineData(14_998)]
    [InlineData(14_999.6)]
    [InlineData(15_000)]
    [InlineData(15_001.5)]
    [InlineData(29_999)]
    public void A_tick_that_comes_almost_with_the_next_one_is_not_followed_by_another_of_the_same_time(double lateMs)
    {
        ScrapeTicker ticker = new(s_interval, _time);
        Tick(ticker, TimeSpan.FromMilliseconds(lateMs));
        DateTimeOffset late = ticker.ScrapeTime();

        Task next = ticker.WaitAsync(CancellationToken.None);
        for (int quarter = 0; !next.IsCompleted; quarter++)
        {
            Assert.True(quarter < 5, "no tick follows");
            _time.Advance(s_interval / 4);
        }

        Assert.True(ticker.ScrapeTime() > late + TimeSpan.FromMilliseconds(2), $"{ticker.ScrapeTime():O} follows {late:O}");
    }

    [Fact]
    public void When_the_clock_is_set_distances_become_equal_again()
    {
        ScrapeTicker ticker = new(s_interval, _time);
        _time.Jump(TimeSpan.FromSeconds(4));
        List<DateTimeOffset> times = [];
        for (int tick = 0; tick < 6; tick++)
        {
            Tick(ticker, TimeSpan.FromMilliseconds(tick % 2));
            times.Add(ticker.ScrapeTime());
        }

        Assert.Equal(s_interval, times[4] - times[3]);
        Assert.Equal(s_interval, times[5] - times[4]);
    }

    [Fact]
    public void Targets_are_spread_over_the_interval_and_keep_their_place()
    {
        DateTimeOffset now = _time.GetUtcNow();
        HashSet<long> places = [];
        for (ulong target = 0; target < 15; target++)
        {
            ulong hash = target * 10_000_019UL;
            TimeSpan wait = ScrapeTicker.FirstOffset(hash, s_interval, now);
            TimeSpan later = ScrapeTicker.FirstOffset(hash, s_interval, now + TimeSpan.FromSeconds(7));
            Assert.InRange(wait, TimeSpan.Zero, s_interval);
            Assert.Equal(0, ((now + wait) - (now + TimeSpan.FromSeconds(7) + later)).Ticks % s_interval.Ticks);
            places.Add(wait.Ticks);
        }

        Assert.Equal(15, places.Count);
    }

    [Fact]
    public void Who_starts_over_right_after_a_scrape_waits_for_the_next_place()
    {
        Gen gen = Gen.Create(81);
        for (int round = 0; round < 2_000; round++)
        {
            ulong hash = (ulong)gen.Long();
            DateTimeOffset now = _time.GetUtcNow() + TimeSpan.FromTicks(gen.Int(1_000_000_000));
            TimeSpan wait = ScrapeTicker.FirstOffset(hash, s_interval, now);

            // A timer counts whole milliseconds, so this is when the scrape is made.
            DateTimeOffset scraped = now + TimeSpan.FromMilliseconds((long)wait.TotalMilliseconds);
            TimeSpan again = ScrapeTicker.FirstOffset(hash, s_interval, scraped);

            Assert.True(wait > TimeSpan.Zero, $"no wait at first, {gen}");
            Assert.True(again > s_interval - TimeSpan.FromMilliseconds(2), $"only {again} until the next, {gen}");
        }
    }

    /// <summary>Moves to the tick of that number after the start, and so much past it (or before it).</summary>
    private void Tick(ScrapeTicker ticker, TimeSpan off)
    {
        _ = ticker.WaitAsync(CancellationToken.None);
        _time.Advance(s_interval + off - _off);
        _off = off;
    }
}
