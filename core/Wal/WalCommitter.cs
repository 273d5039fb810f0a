namespace AmpEdge.Wal;

/// <summary>Group commit: one sync per interval for everything appended meanwhile, and one on stop.</summary>
public sealed class WalCommitter(WalWriter wal, TimeSpan interval, TimeProvider time, Action<IOException> syncFailed)
{
    /// <summary>How much a power cut may lose by default.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);

    private readonly WalWriter _wal = wal;
    private readonly TimeProvider _time = time;
    private readonly TimeSpan _interval = interval;

    /// <summary>Told of every failed sync: to be logged and counted. The log itself goes on in a new segment.</summary>
    private readonly Action<IOException> _syncFailed = syncFailed;

    /// <summary>Syncs until <paramref name="stop"/>, then once more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer ticks = new(_interval, _time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                SyncOnce();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            SyncOnce();
        }
    }

    private void SyncOnce()
    {
        try
        {
            _wal.Sync();
        }
        catch (IOException failure)
        {
            _syncFailed(failure);
        }
    }
}
