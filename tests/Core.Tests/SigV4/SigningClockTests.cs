using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class SigningClockTests
{
    private static readonly TimeSpan s_twentyMinutes = TimeSpan.FromMinutes(20);
    private readonly ManualTime _time = new();
    private readonly List<TimeSpan> _told = [];
    private readonly SigningClock _clock;

    public SigningClockTests() => _clock = new SigningClock(_time, _told.Add);

    /// <summary>What a service whose clock is right says, while ours is twenty minutes slow.</summary>
    private DateTimeOffset TrueTime => _time.GetUtcNow() + s_twentyMinutes;

    [Fact]
    public void A_time_that_the_service_accepted_corrects_all_that_follows()
    {
        DateTimeOffset? candidate = SigningClock.Candidate(TrueTime, _clock.GetUtcNow());
        Assert.Equal(_time.GetUtcNow(), _clock.GetUtcNow());
        long signedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(3));
        _clock.Adopt(candidate!.Value, signedAt);

        Assert.InRange(_clock.GetUtcNow() - TrueTime, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(Assert.Single(_told), s_twentyMinutes, s_twentyMinutes + TimeSpan.FromSeconds(1));
        Assert.Null(SigningClock.Candidate(TrueTime, _clock.GetUtcNow()));
    }

    [Fact]
    public void A_candidate_that_was_refused_too_changes_nothing()
    {
        Assert.NotNull(SigningClock.Candidate(TrueTime, _clock.GetUtcNow()));
        Assert.Equal(TimeSpan.Zero, _clock.Correction);
    }

    [Fact]
    public void A_service_that_agrees_about_the_time_or_tells_none_gives_no_candidate()
    {
        Assert.Null(SigningClock.Candidate(_time.GetUtcNow().AddSeconds(-20), _clock.GetUtcNow()));
        Assert.Null(SigningClock.Candidate(null, _clock.GetUtcNow()));
    }

    [Fact]
    public void A_clock_that_was_set_right_meanwhile_is_found_out_by_the_next_refusal()
    {
        _clock.Adopt(TrueTime, _time.GetTimestamp());
        _time.Jump(s_twentyMinutes);
        _clock.Adopt(SigningClock.Candidate(_time.GetUtcNow(), _clock.GetUtcNow())!.Value, _time.GetTimestamp());

        Assert.Equal(TimeSpan.Zero, _clock.Correction);
    }

    [Fact]
    public void Drift_that_most_answers_tell_of_is_corrected_before_a_request_is_refused()
    {
        ObserveNine(TimeSpan.FromMinutes(2));

        Assert.InRange(_clock.Correction, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));
        ObserveNine(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.Zero, _clock.Correction);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_few_answers_with_a_wrong_date_move_nothing(int wrong)
    {
        for (int index = 0; index < 9; index++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            _clock.Observe(_time.GetUtcNow() + (index < wrong ? TimeSpan.FromDays(-3650) : TimeSpan.Zero));
        }

        Assert.Empty(_told);
    }

    [Fact]
    public void Many_answers_at_once_are_one_sample_and_answers_without_a_date_none()
    {
        for (int index = 0; index < 1000; index++)
        {
            _clock.Observe(_time.GetUtcNow().AddHours(1));
        }

        for (int index = 0; index < 8; index++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            _clock.Observe(null);
            _clock.Observe(_time.GetUtcNow().AddHours(1));
            _clock.Observe(_time.GetUtcNow().AddHours(1));
        }

        Assert.Empty(_told);
    }

    private void ObserveNine(TimeSpan ahead)
    {
        for (int index = 0; index < 9; index++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            _clock.Observe(_time.GetUtcNow() + ahead);
        }
    }
}
