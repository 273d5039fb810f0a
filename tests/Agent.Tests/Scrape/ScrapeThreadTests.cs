using System.Collections.Concurrent;
using AmpEdge.Agent.Scrape;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class ScrapeThreadTests : IDisposable
{
    private static readonly TimeSpan s_never = TimeSpan.FromDays(100);

    private readonly ScrapeThread _thread = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _thread.Dispose();

    [Fact]
    public Task Who_waits_for_its_clock_goes_on_on_it() => Task.Run(async () =>
    {
        Assert.False(_thread.IsCurrent);
        await Task.Delay(TimeSpan.FromMilliseconds(1), _thread, Cancel);
        Assert.True(_thread.IsCurrent);
        await _thread.ContinueHereAsync(Cancel);
        Assert.True(_thread.IsCurrent);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Assert.False(_thread.IsCurrent);
    });

    [Fact]
    public Task Timers_fire_in_the_order_of_their_times() => Task.Run(async () =>
    {
        ConcurrentQueue<int> fired = [];
        TaskCompletionSource last = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _thread.ContinueHereAsync(Cancel);
        foreach (int milliseconds in (int[])[9, 3, 7, 1, 3])
        {
            // Fires once and needs no holder.
            _ = _thread.CreateTimer(
                _ =>
                {
                    fired.Enqueue(milliseconds);
                    if (fired.Count == 5)
                    {
                        last.SetResult();
                    }
                },
                null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
        }

        await last.Task;
        Assert.Equal([1, 3, 3, 7, 9], fired);
    });

    [Fact]
    public Task A_timer_that_repeats_does_so_until_it_is_disposed() => Task.Run(async () =>
    {
        int fired = 0;
        TaskCompletionSource third = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ITimer? timer = null;
        await _thread.ContinueHereAsync(Cancel);
        timer = _thread.CreateTimer(
            _ =>
            {
                if (++fired == 3)
                {
                    timer!.Dispose();
                    third.SetResult();
                }
            },
            null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        await third.Task;
        await Task.Delay(TimeSpan.FromMilliseconds(5), _thread, Cancel);
        Assert.Equal(3, fired);
    });

    [Fact]
    public Task A_timer_can_be_set_anew_and_be_stopped() => Task.Run(async () =>
    {
        await _thread.ContinueHereAsync(Cancel);
        TaskCompletionSource sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ITimer timer = _thread.CreateTimer(_ => sooner.SetResult(), null, s_never, Timeout.InfiniteTimeSpan);
        bool hasFired = false;
        using ITimer stopped = _thread.CreateTimer(_ => hasFired = true, null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromMilliseconds(2), Timeout.InfiniteTimeSpan);
        await sooner.Task;
        Assert.False(hasFired);
    });

    [Fact]
    public Task A_wait_that_is_cancelled_ends_at_once() => Task.Run(async () =>
    {
        using CancellationTokenSource cancel = new();
        Task wait = Task.Delay(TimeSpan.FromDays(1), _thread, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    });

    [Fact]
    public Task Its_time_lasts_until_the_next_timer_and_belongs_to_it_alone() => Task.Run(async () =>
    {
        Assert.Equal(TimeSpan.Zero, _thread.SpareTime(s_never));
        await _thread.ContinueHereAsync(Cancel);
        Assert.Equal(s_never, _thread.SpareTime(s_never));
        using ITimer timer = _thread.CreateTimer(static _ => { }, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        Assert.InRange(_thread.SpareTime(s_never), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromSeconds(1), _thread.SpareTime(TimeSpan.FromSeconds(1)));
        using ITimer due = _thread.CreateTimer(static _ => { }, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.Equal(TimeSpan.Zero, _thread.SpareTime(s_never));
    });

    [Fact]
    public void It_ends_with_timers_that_are_not_due()
    {
        ScrapeThread thread = new(TimeProvider.System);
        using ITimer timer = thread.CreateTimer(static _ => { }, null, s_never, Timeout.InfiniteTimeSpan);
        thread.Dispose();
    }
}
