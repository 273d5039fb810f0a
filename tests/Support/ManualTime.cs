namespace AmpEdge.Tests.Support;

/// <summary>
/// A clock that moves only when told to. Timers fire inside <see cref="Advance"/>, in the order of their due times,
/// so a test never sleeps.
/// </summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;

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
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

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

    /// <summary>Moves the clock without firing timers on the way: a step of the wall clock.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
        }
    }

    /// <summary>Moves the clock, firing each timer at its due time.</summary>
    public void Advance(TimeSpan by)
    {
        DateTimeOffset end = GetUtcNow() + by;
        while (TakeNextDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now = end;
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
        DateTimeOffset? next = null;
        lock (_lock)
        {
            foreach (ManualTimer timer in _timers)
            {
                next = timer.DueAt is { } due && (next is null || due < next) ? due : next;
            }
        }

        if (next is { } dueAt && dueAt - GetUtcNow() <= within)
        {
            Advance(dueAt - GetUtcNow());
        }
    }

    private ManualTimer? TakeNextDue(DateTimeOffset end)
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
                _now = due > _now ? due : _now;
                next.DueAt = next.Period > TimeSpan.Zero ? due + next.Period : null;
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTime owner, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool fireNow = false;
            lock (owner._lock)
            {
                Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : owner._now + dueTime;
                if (dueTime == TimeSpan.Zero)
                {
                    DueAt = Period > TimeSpan.Zero ? owner._now + Period : null;
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
