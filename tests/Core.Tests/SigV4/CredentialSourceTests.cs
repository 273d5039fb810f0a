using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class CredentialSourceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly ManualTime _time = new();
    private readonly ScriptedProvider _provider = new();

    [Fact]
    public async Task Nothing_is_handed_out_before_the_first_look_up_and_the_reason_says_so()
    {
        await using CredentialSource source = new(_provider, _time);

        Assert.False(source.TryGet(out _, out string reason));
        Assert.Contains("the first look-up is still running", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_look_up_is_the_reason_and_is_tried_again()
    {
        _provider.Problem = "no chain link answered";
        await using CredentialSource source = new(_provider, _time);
        source.Start();
        WaitForPause();
        Assert.False(source.TryGet(out _, out string reason));
        Assert.Equal("no AWS credentials: no chain link answered", reason);

        _provider.Give("AKID1", null);
        AdvanceOneRound(TimeSpan.FromSeconds(1));
        Assert.True(source.TryGet(out AwsCredentials? credentials, out _));
        Assert.Equal("AKID1", credentials.AccessKeyId);
        Assert.Equal(1, source.Status.Failures);
    }

    [Fact]
    public async Task New_credentials_take_over_in_the_background()
    {
        _provider.Give("AKID1", _time.GetUtcNow().AddHours(1));
        await using CredentialSource source = new(_provider, _time);
        source.Start();
        WaitForPause();
        _provider.Give("AKID2", _time.GetUtcNow().AddHours(2));
        AdvanceOneRound(TimeSpan.FromSeconds(20));

        Assert.True(source.TryGet(out AwsCredentials? credentials, out _));
        Assert.Equal("AKID2", credentials.AccessKeyId);
        Assert.Equal(2, source.Status.Refreshes);
    }

    [Fact]
    public async Task Old_credentials_serve_while_the_refresh_fails_and_end_when_they_expire()
    {
        _provider.Give("AKID1", _time.GetUtcNow().AddMinutes(1));
        await using CredentialSource source = new(_provider, _time);
        source.Start();
        WaitForPause();
        _provider.Problem = "the endpoint is down";
        AdvanceOneRound(TimeSpan.FromSeconds(20));
        Assert.True(source.TryGet(out _, out _));
        Assert.Equal("the endpoint is down", source.Status.Problem);

        _time.Jump(TimeSpan.FromMinutes(1));
        Assert.False(source.TryGet(out _, out string reason));
        Assert.Equal(
            "the AWS credentials from scripted expired at 2026-01-01T00:01:00Z and cannot be refreshed: "
            + "the endpoint is down",
            reason);
    }

    [Fact]
    public async Task A_look_up_that_takes_too_long_is_waited_for_and_no_second_one_runs_beside_it()
    {
        TaskCompletionSource<ResolvedCredentials> slow = _provider.Hang();
        await using CredentialSource source = new(_provider, _time);
        source.Start();
        WaitForPause();
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.True(SpinWait.SpinUntil(() => source.Status.Failures == 1, s_patience), "the time-out is not told");
        Assert.False(source.TryGet(out _, out string reason));
        Assert.Equal("no AWS credentials: the look-up has not ended after 90 seconds and still runs", reason);

        WaitForPause();
        _time.Advance(TimeSpan.FromSeconds(1));
        WaitForPause();
        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.True(SpinWait.SpinUntil(() => source.Status.Failures == 2, s_patience), "the second time-out is not told");
        Assert.Equal(1, _provider.Calls);

        slow.SetResult(new ResolvedCredentials(new AwsCredentials("AKID1", "secret"), null, "scripted"));
        WaitForPause();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(SpinWait.SpinUntil(() => source.TryGet(out _, out _), s_patience), "the late answer is lost");
        Assert.Equal(1, _provider.Calls);
    }

    [Fact]
    public async Task Callers_whose_credentials_were_refused_share_one_look_up_at_the_source()
    {
        _provider.Give("AKID1", null);
        await using CredentialSource source = new(_provider, _time);
        source.Start();
        WaitForPause();
        Assert.True(source.TryGet(out AwsCredentials? refused, out _));
        int before = _provider.Calls;
        TaskCompletionSource<ResolvedCredentials> answer = _provider.Hang();
        List<Task<AwsCredentials?>> callers = [];
        for (int index = 0; index < 50; index++)
        {
            callers.Add(Task.Run(async () => await source.ReplaceAsync(refused, CancellationToken.None)));
        }

        Assert.True(SpinWait.SpinUntil(() => _provider.Calls > before, s_patience), "nobody asks");
        answer.SetResult(new ResolvedCredentials(new AwsCredentials("AKID2", "secret"), null, "scripted"));
        foreach (Task<AwsCredentials?> caller in callers)
        {
            Assert.Equal("AKID2", (await caller)?.AccessKeyId);
        }

        Assert.Equal((before + 1, 1), (_provider.Calls, _provider.Forgotten));
        Assert.Equal("AKID2", (await source.ReplaceAsync(refused, CancellationToken.None))?.AccessKeyId);
        Assert.Equal(before + 1, _provider.Calls);
    }

    [Fact]
    public async Task A_source_that_gives_the_same_again_is_not_asked_for_every_refused_request()
    {
        _provider.Give("AKID1", null);
        await using CredentialSource source = new(_provider, _time);
        source.Start();
        WaitForPause();
        Assert.True(source.TryGet(out AwsCredentials? refused, out _));
        Assert.Null(await source.ReplaceAsync(refused, CancellationToken.None));
        int asked = _provider.Calls;
        Assert.Null(await source.ReplaceAsync(refused, CancellationToken.None));
        Assert.Equal(asked, _provider.Calls);

        _time.Pass(TimeSpan.FromSeconds(30));
        Assert.Null(await source.ReplaceAsync(refused, CancellationToken.None));
        Assert.Equal(asked + 1, _provider.Calls);
    }

    [Fact]
    public async Task A_forced_look_up_that_fails_or_hangs_leaves_the_old_credentials()
    {
        _provider.Give("AKID1", null);
        await using CredentialSource source = new(_provider, _time);
        source.Start();
        WaitForPause();
        Assert.True(source.TryGet(out AwsCredentials? refused, out _));
        _provider.Problem = "the endpoint is down";
        Assert.Null(await source.ReplaceAsync(refused, CancellationToken.None));
        Assert.Equal("the endpoint is down", source.Status.Problem);
        Assert.True(source.TryGet(out _, out _));

        _time.Pass(TimeSpan.FromSeconds(30));
        int before = _provider.Calls;
        TaskCompletionSource<ResolvedCredentials> late = _provider.Hang();
        Task<AwsCredentials?> waiting = source.ReplaceAsync(refused, CancellationToken.None).AsTask();
        Assert.True(SpinWait.SpinUntil(() => _provider.Calls > before, s_patience), "nobody asks");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await waiting);
        Assert.True(source.TryGet(out _, out _));
        late.SetCanceled(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_hour_without_the_credential_endpoint_costs_only_what_expires_and_ends_within_half_a_minute()
    {
        DateTimeOffset expiry = _time.GetUtcNow().AddMinutes(30);
        _provider.Give("AKID1", expiry);
        List<string> told = [];
        await using CredentialSource source = new(_provider, _time, status => told.Add(status.Problem ?? "ok"));
        source.Start();
        WaitForPause();
        _provider.Problem = "the endpoint is down";
        DateTimeOffset end = _time.GetUtcNow().AddHours(1);
        int before = _provider.Calls;
        while (_time.GetUtcNow() < end)
        {
            int calls = _provider.Calls;
            _time.AdvanceToNextTimer();
            Assert.True(SpinWait.SpinUntil(() => _provider.Calls > calls, s_patience), "no further look-up");
            WaitForPause();
            Assert.Equal(_time.GetUtcNow() < expiry, source.TryGet(out _, out _));
        }

        Assert.InRange(_provider.Calls - before, 100, 130);
        Assert.Equal(["ok", "the endpoint is down"], told);
        Assert.False(source.TryGet(out _, out string reason));
        Assert.EndsWith("cannot be refreshed: the endpoint is down", reason, StringComparison.Ordinal);

        _provider.Give("AKID2", null);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(SpinWait.SpinUntil(() => source.TryGet(out _, out _), s_patience), "it does not recover");
    }

    [Fact]
    public void Equal_settings_are_equal_role_by_role()
    {
        CredentialSettings settings = new() { Roles = [new RoleHop("arn:1", "x"), new RoleHop("arn:2")] };

        Assert.Equal(settings, settings with { Roles = [new RoleHop("arn:1", "x"), new RoleHop("arn:2")] });
        Assert.Equal(settings.GetHashCode(), (settings with { Roles = [.. settings.Roles] }).GetHashCode());
        Assert.NotEqual(settings, settings with { Roles = [new RoleHop("arn:1"), new RoleHop("arn:2")] });
        Assert.NotEqual(settings, settings with { Roles = [new RoleHop("arn:1", "x")] });
        Assert.NotEqual(settings, settings with { StsEndpoint = new Uri("http://sts.example") });
        Assert.NotEqual(settings, settings with { Profile = "other" });
    }

    [Fact]
    public async Task Changes_are_told_once_each()
    {
        List<string> told = [];
        _provider.Give("AKID1", null);
        await using CredentialSource source = new(_provider, _time, status => told.Add(status.Problem ?? "ok"));
        source.Start();
        WaitForPause();
        AdvanceOneRound(TimeSpan.FromSeconds(20));
        _provider.Problem = "gone";
        AdvanceOneRound(TimeSpan.FromSeconds(20));
        AdvanceOneRound(TimeSpan.FromSeconds(1));

        Assert.Equal(["ok", "gone"], told);
    }

    [Fact]
    public async Task Static_keys_of_a_configuration_need_no_chain()
    {
        AwsCredentials keys = new("AKID", "secret", "token");
        using SdkCredentialProvider provider = new(new CredentialSettings { StaticKeys = keys }, _time);
        ResolvedCredentials found = await provider.ResolveAsync(CancellationToken.None);

        Assert.Equal(keys, found.Credentials);
        Assert.Null(found.ExpiresAt);
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_named()
    {
        using SdkCredentialProvider provider = new(
            new CredentialSettings { Profile = "ampedge-no-such-profile" }, _time);
        Exception problem = await Assert.ThrowsAnyAsync<Exception>(
            () => provider.ResolveAsync(CancellationToken.None));

        Assert.Contains("'ampedge-no-such-profile'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_print_without_their_secret()
    {
        Assert.Equal("AKID (secret hidden)", new AwsCredentials("AKID", "s3cret", "t0ken").ToString());
        Assert.DoesNotContain(
            "s3cret",
            new ResolvedCredentials(new AwsCredentials("AKID", "s3cret"), null, "p").ToString(),
            StringComparison.Ordinal);
    }

    private void AdvanceOneRound(TimeSpan by)
    {
        int before = _provider.Calls;
        _time.Advance(by);
        Assert.True(SpinWait.SpinUntil(() => _provider.Calls > before, s_patience), "no further look-up");
        WaitForPause();
    }

    private void WaitForPause() =>
        Assert.True(SpinWait.SpinUntil(() => _time.WaitingTimers > 0, s_patience), "the loop does not pause");

    private sealed class ScriptedProvider : ICredentialProvider
    {
        private volatile ResolvedCredentials? _next;
        private volatile string? _problem;
        private volatile TaskCompletionSource<ResolvedCredentials>? _hanging;
        private int _calls;
        private int _forgotten;

        public int Forgotten => Volatile.Read(ref _forgotten);

        public int Calls => Volatile.Read(ref _calls);

        public string Problem
        {
            set => _problem = value;
        }

        /// <summary>Look-ups do not end until the test ends them.</summary>
        public TaskCompletionSource<ResolvedCredentials> Hang() =>
            _hanging = new TaskCompletionSource<ResolvedCredentials>(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Give(string accessKeyId, DateTimeOffset? expiresAt)
        {
            _next = new ResolvedCredentials(new AwsCredentials(accessKeyId, "secret"), expiresAt, "scripted");
            _problem = null;
        }

        public Task<ResolvedCredentials> ResolveAsync(CancellationToken cancel)
        {
            Interlocked.Increment(ref _calls);
            return _hanging is { } hanging ? hanging.Task
                : _problem is { } problem
                ? Task.FromException<ResolvedCredentials>(new InvalidOperationException(problem))
                : Task.FromResult(_next!);
        }

        public void Forget() => Interlocked.Increment(ref _forgotten);
    }
}
