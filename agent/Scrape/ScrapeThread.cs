namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The thread on which scrapes begin: timers of this clock fire on it, and whoever awaits them goes on there. With the timers and the
/// pool of the runtime three threads are put to sleep and woken for each step of a scrape, which is most of what a small one costs;
/// here a scrape may also wait for its target without another thread (<see cref="SpareTime"/>). What takes long belongs
/// elsewhere, since no other scrape begins meanwhile.
/// </summary>
/// <remarks>docs/decisions/0010-the-scrape-thread.md. The clock itself is the one it was made with.</remarks>
internal sealed class ScrapeThread : TimeProvider, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly object _alarmsGate = new();
    private readonly SortedSet<Alarm> _alarms = new(AlarmOrder.Instance);
    private readonly Thread _thread;
    private long _alarmsMade;
    private bool _isEnding;

    /// <param name="clock">Tells the time.</param>
    public ScrapeThread(TimeProvider clock)
    {
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true, Name = "scrape" };
        _thread.Start();
    }

    /// <summary>Whether the caller runs on it.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    public override TimeZoneInfo LocalTimeZone => _clock.LocalTimeZone;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    /// <summary>How long the caller may keep the thread before the next timer is due, at most <paramref name="longest"/>; nothing on another thread.</summary>
    public TimeSpan SpareTime(TimeSpan longest)
    {
        if (!IsCurrent)
        {
            return TimeSpan.Zero;
        }

        lock (_alarmsGate)
        {
            TimeSpan untilNext = _alarms.Min is { } next ? TimeUntil(next) : longest;
            return untilNext < TimeSpan.Zero ? TimeSpan.Zero : untilNext < longest ? untilNext : longest;
        }
    }

    /// <summary>Goes on on this thread, behind what is due already.</summary>
    public Task ContinueHereAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromMilliseconds(1), this, cancel);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, callback, state, Interlocked.Increment(ref _alarmsMade));
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Ends the thread; no timer fires any more.</summary>
    public void Dispose()
    {
        lock (_alarmsGate)
        {
            _isEnding = true;
            Monitor.Pulse(_alarmsGate);
        }

        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (WaitForNext() is { } alarm)
        {
            alarm.Fire();
        }
    }

    /// <summary>The next alarm when its time has come; null at the end.</summary>
    private Alarm? WaitForNext()
    {
        lock (_alarmsGate)
        {
            while (!_isEnding)
            {
                if (_alarms.Min is not { } next)
                {
                    Monitor.Wait(_alarmsGate);
                    continue;
                }

                TimeSpan wait = TimeUntil(next);
                if (wait <= TimeSpan.Zero)
                {
                    Remove(next);
                    next.Repeat(_clock.GetTimestamp());
                    return next;
                }

                // Rounded up: a wait that ends too early is one more.
                Monitor.Wait(_alarmsGate, TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(wait.TotalMilliseconds, int.MaxValue))));
            }

            return null;
        }
    }

    private TimeSpan TimeUntil(Alarm alarm) => _clock.GetElapsedTime(_clock.GetTimestamp(), alarm.DueTimestamp);

    private void Set(Alarm alarm, TimeSpan dueTime)
    {
        lock (_alarmsGate)
        {
            Remove(alarm);
            if (dueTime >= TimeSpan.Zero)
            {
                Add(alarm, _clock.GetTimestamp() + (long)(dueTime.TotalSeconds * _clock.TimestampFrequency));
                if (!IsCurrent && _alarms.Min == alarm)
                {
                    Monitor.Pulse(_alarmsGate);
                }
            }
        }
    }

    private void Add(Alarm alarm, long dueTimestamp)
    {
        alarm.DueTimestamp = dueTimestamp;
        alarm.IsSet = _alarms.Add(alarm);
    }

    private void Remove(Alarm alarm)
    {
        if (alarm.IsSet)
        {
            _alarms.Remove(alarm);
            alarm.IsSet = false;
        }
    }

    /// <summary>A timer; its fields are guarded by the gate.</summary>
    private sealed class Alarm(ScrapeThread thread, TimerCallback callback, object? state, long number) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        /// <summary>Tells those apart that are due at once.</summary>
        public long Number => number;

        public long DueTimestamp { get; set; }

        public bool IsSet { get; set; }

        public void Fire() => callback(state);

        /// <summary>Sets the next time of one that fires again and again.</summary>
        public void Repeat(long now)
        {
            if (_period > TimeSpan.Zero)
            {
                thread.Add(this, now + (long)(_period.TotalSeconds * thread.TimestampFrequency));
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (thread._alarmsGate)
            {
                _period = period;
                thread.Set(this, dueTime);
            }

            return true;
        }

        public void Dispose() => thread.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class AlarmOrder : IComparer<Alarm>
    {
        public static readonly AlarmOrder Instance = new();

        public int Compare(Alarm? left, Alarm? right)
        {
            int byTime = left!.DueTimestamp.CompareTo(right!.DueTimestamp);
            return byTime != 0 ? byTime : left.Number.CompareTo(right.Number);
        }
    }
}
