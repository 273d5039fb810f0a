namespace AmpEdge.Hosting;

/// <summary>
/// Decides which of many equal errors are worth a line: the first, and then one a minute with the count of those that
/// were held back. One gate guards one kind of event of one thing (a target, a destination). Thread-safe.
/// </summary>
public sealed class RepeatedErrorGate
{
    private readonly Lock _stateLock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private string? _last;
    private long _lastTimestamp;
    private long _heldBack;

    /// <param name="time">The clock.</param>
    /// <param name="interval">Between two lines for the same error; a minute when not given.</param>
    public RepeatedErrorGate(TimeProvider time, TimeSpan? interval = null)
    {
        _time = time;
        _interval = interval ?? TimeSpan.FromMinutes(1);
    }

    /// <summary>
    /// True when this error shall be logged: it differs from the last one, or the interval has passed.
    /// <paramref name="heldBack"/> is how many were not logged since the last line.
    /// </summary>
    public bool ShouldLog(string error, out long heldBack)
    {
        lock (_stateLock)
        {
            bool repeats = error == _last && _time.GetElapsedTime(_lastTimestamp) < _interval;
            if (repeats)
            {
                _heldBack++;
                heldBack = 0;
                return false;
            }

            heldBack = _heldBack;
            (_last, _lastTimestamp, _heldBack) = (error, _time.GetTimestamp(), 0);
            return true;
        }
    }

    /// <summary>
    /// Says that things work again; true when there was an error before, so that the recovery can be logged once, with
    /// the errors that were not.
    /// </summary>
    public bool Recovered(out long heldBack)
    {
        lock (_stateLock)
        {
            heldBack = _heldBack;
            bool wasFailing = _last is not null;
            (_last, _heldBack) = (null, 0);
            return wasFailing;
        }
    }
}
