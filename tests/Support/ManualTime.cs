namespace AmpEdge.Tests.Support;

/// <summary>
/// A clock that moves only when told to. Timers fire inside <see cref="Advance"/>, in the order of their due times,
/// so a test never sleeps.
/// </summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];

    /// <summary>What has passed by the monotonic clock, which timers keep to.</summary>
    private TimeSpan _elapsed;

    /// <summary>How far the wall clock was set away from it.</summary>
    private TimeSpan _step;

    public ManualTime()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait: lets a test know that the code under test has begun to wait.</summary>
    public int WaitingTimers
    {
        get
        {
            lock (_lock)
            {
                int waiting = 0;
                foreach (ManualTimer timer in _timers)
                {
                    waiting += timer.DueAt is null ? 0 : 1;
                }

                return waiting;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return start + _elapsed + _step;
        }
    }

    public override long GetTimestamp() => start.Ticks + Elapsed.Ticks;

    private TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
            {
                return _elapsed;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the wall clock back or forth; the monotonic clock and the timers do not notice.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_lock)
        {
            _step += by;
        }
    }

    /// <summary>Time passes and no timer fires, as while nobody gets to run.</summary>
    public void Pass(TimeSpan time)
    {
        lock (_lock)
        {
            _elapsed += time;
        }
    }

    /// <summary>Moves the clock, firing each timer at its due time.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end = Elapsed + by;
        while (TakeNextDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _elapsed = end;
        }
    }

    /// <summary>
    /// Moves the clock to the next due time and no further, and fires what is due then: whoever is woken sees the very
    /// time it waited for, on whichever thread it runs.
    /// </summary>
    public void AdvanceToNextTimer() => AdvanceToNextTimer(TimeSpan.MaxValue);

    /// <summary>The same, only if a timer is due within a time: short waits end, long time-outs do not.</summary>
    public void AdvanceToNextTimer(TimeSpan within)
    {
        TimeSpan? next = null;
        lock (_lock)
        {
            foreach (ManualTimer timer in _timers)
            {
                next = timer.DueAt is { } due && (next is null || due < next) ? due : next;
            }
        }

        if (next is { } dueAt && dueAt - Elapsed <= within)
        {
            Advance(dueAt - Elapsed);
        }
    }

    private ManualTimer? TakeNextDue(TimeSpan end)
    {
        lock (_lock)
        {
            ManualTimer? next = null;
            foreach (ManualTimer timer in _timers)
            {
                if (timer.DueAt <= end && (next is null || timer.DueAt < next.DueAt))
                {
                    next = timer;
                }
            }

            if (next?.DueAt is { } due)
            {
                _elapsed = due > _elapsed ? due : _elapsed;
                next.DueAt = next.Period > TimeSpan.Zero ? due + next.Period : null;
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTime owner, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan? DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool fireNow = false;
            lock (owner._lock)
            {
                Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : owner._elapsed + dueTime;
                if (dueTime == TimeSpan.Zero)
                {
                    DueAt = Period > TimeSpan.Zero ? owner._elapsed + Period : null;
                    fireNow = true;
                }
            }

            if (fireNow)
            {
                Fire();
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
