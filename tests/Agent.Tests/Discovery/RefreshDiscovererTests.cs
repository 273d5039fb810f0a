using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class RefreshDiscovererTests
{
    private readonly ManualTime _time = new();
    private readonly DiscoveryMetrics _metrics = new(new MetricRegistry());
    private readonly List<TargetGroup> _reported = [];

    [Fact]
    public async Task Looks_come_once_per_interval_after_a_first_one_that_is_early_but_not_at_once()
    {
        using ScriptedSource source = new(_ => Task.FromResult(new RefreshAnswer([Group("a")])));
        using CancellationTokenSource stop = new();
        Task running = Discoverer(source).RunAsync(_reported.AddRange, stop.Token);
        Assert.Equal(0, source.Looks);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, source.Looks);
        _time.Advance(TimeSpan.FromSeconds(54));
        Assert.Equal(1, source.Looks);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(2, source.Looks);
        _time.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal(12, source.Looks);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public async Task An_interval_may_be_longer_than_a_timer()
    {
        TimeSpan century = TimeSpan.FromDays(36_500);
        using ScriptedSource source = new(_ => Task.FromResult(new RefreshAnswer([Group("a")])))
        {
            RefreshInterval = century, Timeout = century,
        };
        using CancellationTokenSource stop = new();
        Task running = Discoverer(source).RunAsync(_reported.AddRange, stop.Token);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, source.Looks);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_look_that_fails_is_counted_and_shown_and_reports_nothing()
    {
        Queue<Func<RefreshAnswer>> answers = new();
        answers.Enqueue(() => throw new DiscoveryException("the cloud is\naway"));
        answers.Enqueue(() => new RefreshAnswer([Group("a")], "name b is unknown"));
        answers.Enqueue(() => new RefreshAnswer([Group("a")]));
        using ScriptedSource source = new(_ => Task.FromResult(answers.Dequeue()()));
        RefreshDiscoverer discoverer = Discoverer(source);

        await discoverer.RefreshAsync(_reported.AddRange, TestContext.Current.CancellationToken);
        Assert.Empty(_reported);
        Assert.Equal("the cloud is away", discoverer.Status.Problem);
        Assert.Equal(1, _metrics.RefreshFailures("http", "job").Value);

        await discoverer.RefreshAsync(_reported.AddRange, TestContext.Current.CancellationToken);
        Assert.Single(_reported);
        Assert.Equal("name b is unknown", discoverer.Status.Problem);
        Assert.Equal(1, _metrics.RefreshFailures("http", "job").Value);

        await discoverer.RefreshAsync(_reported.AddRange, TestContext.Current.CancellationToken);
        Assert.Null(discoverer.Status.Problem);
        Assert.Equal(3, _metrics.RefreshDuration("http", "job").Count);
    }

    [Fact]
    public async Task A_look_that_never_ends_is_given_up_after_its_time_out()
    {
        using ScriptedSource source = new(async cancel =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel);
            return new RefreshAnswer([]);
        });
        RefreshDiscoverer discoverer = Discoverer(source);
        Task look = discoverer.RefreshAsync(_reported.AddRange, TestContext.Current.CancellationToken);
        Assert.False(look.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(10));
        await look;

        Assert.Equal("no answer within 10s", discoverer.Status.Problem);
        Assert.Equal(TimeSpan.FromSeconds(10), discoverer.Status.LastDuration);
    }

    [Fact]
    public void The_first_looks_of_many_agents_are_spread()
    {
        HashSet<TimeSpan> waits = [];
        for (int seed = 0; seed < 50; seed++)
        {
            ManualTime time = new();
            using ScriptedSource source = new(_ => Task.FromResult(new RefreshAnswer([])));
            using CancellationTokenSource stop = new();
            RefreshDiscoverer discoverer = new(source, "job", _metrics, time, new Random(seed), NullLogger.Instance);
            DateTimeOffset start = time.GetUtcNow();
            _ = discoverer.RunAsync(static _ => { }, stop.Token);
            time.AdvanceToNextTimer();
            waits.Add(time.GetUtcNow() - start);
            stop.Cancel();
        }

        Assert.All(waits, static wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(5)));
        Assert.True(waits.Count > 40, $"only {waits.Count} different waits of 50");
    }

    private RefreshDiscoverer Discoverer(ITargetSource source) =>
        new(source, "job", _metrics, _time, new Random(1), NullLogger.Instance);

    private static TargetGroup Group(string source) => new(source, [Labels.FromStrings("__address__", "h:1")], Labels.Empty);
}
