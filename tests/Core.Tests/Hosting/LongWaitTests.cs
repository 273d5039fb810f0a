using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting;

public sealed class LongWaitTests
{
    [Fact]
    public async Task A_wait_of_a_year_ends_after_a_year()
    {
        ManualTime time = new();
        Task waiting = LongWait.DelayAsync(TimeSpan.FromDays(365), time, TestContext.Current.CancellationToken);

        for (int day = 0; day < 364; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
        }

        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromDays(1));
        await waiting;
    }

    [Fact]
    public void A_timer_takes_what_is_bounded()
    {
        using CancellationTokenSource timeout = new(LongWait.Bounded(TimeSpan.MaxValue), TimeProvider.System);

        Assert.Equal(TimeSpan.FromSeconds(7), LongWait.Bounded(TimeSpan.FromSeconds(7)));
        Assert.False(timeout.IsCancellationRequested);
    }
}
