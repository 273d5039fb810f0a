namespace AmpEdge.SigV4;

/// <summary>
/// The clock of signatures for one service: this machine's, corrected by what the service's answers tell of its own. A wrong
/// machine then signs right after its first refused request, without anybody setting its clock.
/// </summary>
/// <remarks>
/// <para>
/// One answer with a wrong date never moves the clock. After a refusal the date of the answer is tried on the same request
/// (<see cref="Candidate"/>) and kept only when the service accepts it (<see cref="Adopt"/>). Otherwise dates are collected,
/// one in ten seconds, and the median of nine has to be off by half a minute (<see cref="Observe"/>).
/// </para>
/// Safe for concurrent use; reading the time costs one more addition.
/// </remarks>
public sealed class SigningClock : TimeProvider
{
    private const int Samples = 9;

    // Dates of answers are cut to the second and arrive late; services allow five minutes.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_sampleInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_halfSecond = TimeSpan.FromMilliseconds(500);

    private readonly Lock _samplesLock = new();
    private readonly TimeSpan[] _samples = new TimeSpan[Samples];
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan>? _corrected;
    private int _sampleCount;
    private long _lastSampleAt;
    private long _correctionTicks;

    /// <param name="time">This machine's clock.</param>
    /// <param name="corrected">Called with the new correction whenever it changed; on the thread of an answer.</param>
    public SigningClock(TimeProvider time, Action<TimeSpan>? corrected = null)
    {
        _time = time;
        _corrected = corrected;
        _lastSampleAt = time.GetTimestamp();
    }

    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    public override long TimestampFrequency => _time.TimestampFrequency;

    /// <summary>What is added to this machine's clock; positive when it is slow.</summary>
    public TimeSpan Correction => new(Interlocked.Read(ref _correctionTicks));

    /// <summary>The time to sign with.</summary>
    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow() + Correction;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _time.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// The time to sign a request with once more that was refused for its time; null when the answer names no time, or the one
    /// that the request was signed with: another try would be refused again.
    /// </summary>
    /// <param name="answerDate">The answer's <c>Date</c>; null when it had none.</param>
    /// <param name="signedAt">
    /// What the request was signed with: other answers may have corrected the clock since.
    /// </param>
    public static DateTimeOffset? Candidate(DateTimeOffset? answerDate, DateTimeOffset signedAt) =>
        answerDate is { } date && (date - signedAt).Duration() > s_tolerance ? date + s_halfSecond : null;

    /// <summary>Corrects the clock to a time that the service has just accepted in a signature.</summary>
    /// <param name="accepted">From <see cref="Candidate"/>.</param>
    /// <param name="timestamp">This machine's timestamp when the request was signed with it.</param>
    public void Adopt(DateTimeOffset accepted, long timestamp) =>
        Set(accepted + _time.GetElapsedTime(timestamp) - _time.GetUtcNow());

    /// <summary>True when <see cref="Observe"/> would look at a date: reading one costs more than asking this.</summary>
    public bool WantsDate => _time.GetElapsedTime(Interlocked.Read(ref _lastSampleAt)) >= s_sampleInterval;

    /// <summary>Notes the date of an answer that was not refused for its time; cheap, most dates are not even looked at.</summary>
    /// <param name="answerDate">The answer's <c>Date</c>; null when it had none or came from a cache.</param>
    public void Observe(DateTimeOffset? answerDate)
    {
        if (answerDate is not { } date || !WantsDate)
        {
            return;
        }

        TimeSpan? median = null;
        lock (_samplesLock)
        {
            Interlocked.Exchange(ref _lastSampleAt, _time.GetTimestamp());
            _samples[_sampleCount++] = date + s_halfSecond - _time.GetUtcNow();
            if (_sampleCount == Samples)
            {
                _sampleCount = 0;
                Array.Sort(_samples);
                median = _samples[Samples / 2];
            }
        }

        if (median is { } correction && (correction - Correction).Duration() > s_tolerance)
        {
            Set(correction);
        }
    }

    private void Set(TimeSpan correction)
    {
        // A clock that is right within the tolerance is left alone.
        TimeSpan kept = correction.Duration() > s_tolerance ? correction : TimeSpan.Zero;
        Interlocked.Exchange(ref _correctionTicks, kept.Ticks);
        lock (_samplesLock)
        {
            _sampleCount = 0;
        }

        _corrected?.Invoke(kept);
    }
}
