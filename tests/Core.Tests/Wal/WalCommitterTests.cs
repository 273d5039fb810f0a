using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal;

public sealed class WalCommitterTests : IDisposable
{
    private readonly WalTestLog _log = new();
    private readonly ManualTime _time = new();
    private readonly SemaphoreSlim _failed = new(0);

    public void Dispose() => _failed.Dispose();

    [Fact]
    public async Task Appends_are_synced_within_the_interval_and_on_stop()
    {
        using WalWriter log = _log.Open();
        using CancellationTokenSource stop = new();
        Task running = new WalCommitter(log, WalCommitter.DefaultInterval, _time, _ => _failed.Release()).RunAsync(stop.Token);
        WalTestLog.Append(log, "one");
        Assert.NotEqual(log.End, log.SyncedEnd);

        _time.Advance(WalCommitter.DefaultInterval);
        SpinWait.SpinUntil(() => log.SyncedEnd == log.End, TimeSpan.FromSeconds(10));
        Assert.Equal(log.End, log.SyncedEnd);

        WalTestLog.Append(log, "two");
        await stop.CancelAsync();
        await running;
        Assert.Equal(log.End, log.SyncedEnd);
    }

    [Fact]
    public async Task A_failed_sync_is_told_and_does_not_end_the_loop()
    {
        using WalWriter log = _log.Open();
        using CancellationTokenSource stop = new();
        Task running = new WalCommitter(log, WalCommitter.DefaultInterval, _time, _ => _failed.Release()).RunAsync(stop.Token);
        _log.Disk.FailingSyncs = 1;
        WalTestLog.Append(log, "one");
        _time.Advance(WalCommitter.DefaultInterval);
        Assert.True(await _failed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        WalTestLog.Append(log, "two");
        await stop.CancelAsync();
        await running;
        Assert.Equal(log.End, log.SyncedEnd);
        Assert.Equal(["one", "two"], _log.ReadAll());
    }
}
