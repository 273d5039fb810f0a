namespace AmpEdge.Tsdb;

/// <summary>
/// Runs a database's maintenance again and again, and sooner when a request asks for it. Runs do not pile up, and a failing disk
/// does not end them.
/// </summary>
internal sealed class MaintenanceTimer : IDisposable
{
    /// <summary>Requests that find the head over its bytes do not have it run more often than this.</summary>
    private static readonly TimeSpan s_extraInterval = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Action _run;
    private readonly DiskFailures _failures;
    private ITimer? _timer;

    /// <summary>1 while a run is under way or waits for its turn.</summary>
    private int _running;

    /// <summary>When it was last asked for before its time, as a timestamp of the clock; 0 for never.</summary>
    private long _lastAskedFor;

    /// <param name="interval">Zero for never.</param>
    /// <param name="time">Clock and timer.</param>
    /// <param name="run">The maintenance.</param>
    /// <param name="failures">Told how it ended.</param>
    public MaintenanceTimer(TimeSpan interval, TimeProvider time, Action run, DiskFailures failures)
    {
        _interval = interval;
        _time = time;
        _run = run;
        _failures = failures;
    }

    /// <summary>Called once.</summary>
    public void Start()
    {
        if (_interval > TimeSpan.Zero)
        {
            _timer = _time.CreateTimer(_ => Run(), null, _interval, _interval);
        }
    }

    /// <summary>Has it run at once, unless that was asked for just now.</summary>
    public void Ask()
    {
        long now = _time.GetTimestamp();
        long last = Interlocked.Read(ref _lastAskedFor);
        if (_timer is { } timer
            && (last == 0 || _time.GetElapsedTime(last, now) >= s_extraInterval)
            && Interlocked.CompareExchange(ref _lastAskedFor, now, last) == last)
        {
            timer.Change(TimeSpan.Zero, _interval);
        }
    }

    /// <summary>No run begins after it; one may be under way.</summary>
    public void Dispose() => _timer?.Dispose();

    /// <summary>The top of the maintenance loop.</summary>
    private void Run()
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            return;
        }

        try
        {
            _run();
            _failures.Clear();
        }
        catch (IOException failure)
        {
            _failures.OfMaintenance(failure);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }
}
