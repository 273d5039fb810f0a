namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>A clock whose readings fail as often as it is told, as anything may when memory is out.</summary>
internal sealed class FailingTime(TimeProvider time) : TimeProvider
{
    private int _failures;

    /// <summary>How many of the next readings fail.</summary>
    public int Failures
    {
        get => Math.Max(0, Volatile.Read(ref _failures));
        set => Volatile.Write(ref _failures, value);
    }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() =>
        Interlocked.Decrement(ref _failures) >= 0 ? throw new InvalidOperationException("no time") : time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
