using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.SigV4;

/// <summary>
/// Keeps credentials at hand: found and refreshed in the background, handed out at once. While a refresh fails the old
/// ones are used until they end.
/// </summary>
/// <remarks>Safe for concurrent use. Nothing is looked up before <see cref="Start"/>.</remarks>
public sealed class CredentialSource : IAsyncDisposable
{
    private const int MaxProblemLength = 1000;

    // The provider answers from its cache, so asking often costs nothing and changed files are noticed soon.
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_retryMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retryMax = TimeSpan.FromSeconds(30);

    // The SDK's chain may wait half a minute for an instance metadata service that is not there.
    private static readonly TimeSpan s_lookUpTimeout = TimeSpan.FromSeconds(90);

    // A request waits for a forced refresh this long; STS takes well under a second.
    private static readonly TimeSpan s_forcedPatience = TimeSpan.FromSeconds(10);

    // When a forced refresh brought nothing new, a service that refuses every request is not a reason to ask all the time.
    private static readonly TimeSpan s_forcedInterval = TimeSpan.FromSeconds(30);

    private readonly ICredentialProvider _provider;
    private readonly TimeProvider _time;
    private readonly Action<CredentialStatus>? _changed;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Guards the fields below it.</summary>
    private readonly Lock _forcedLock = new();

    /// <summary>Completed by the refresh that refused requests wait for; null when none do.</summary>
    private TaskCompletionSource? _forced;

    /// <summary>Ends the loop's pause early; null while it does not pause.</summary>
    private TaskCompletionSource? _wake;

    /// <summary>The credentials that the last forced refresh was for, and when it was asked for.</summary>
    private AwsCredentials? _lastForced;
    private long _lastForcedAt;

    private volatile CredentialStatus _status = new(null, null, 0, 0);
    private Task _loop = Task.CompletedTask;

    /// <summary>
    /// A look-up that has not ended, or whose end was not seen: providers are not made for two at a time, so there is no
    /// other one beside it. Belongs to the loop.
    /// </summary>
    private Task<ResolvedCredentials>? _lookUp;

    /// <param name="settings">Where to look.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="changed">Called from the background when credentials or the problem changed.</param>
    public CredentialSource(
        CredentialSettings settings, TimeProvider time, Action<CredentialStatus>? changed = null)
        : this(new SdkCredentialProvider(settings, time), time, changed)
    {
    }

    /// <summary>The same over any provider.</summary>
    public CredentialSource(
        ICredentialProvider provider, TimeProvider time, Action<CredentialStatus>? changed = null)
    {
        _provider = provider;
        _time = time;
        _changed = changed;
    }

    /// <summary>What is held now and how the last look-up ended.</summary>
    public CredentialStatus Status => _status;

    /// <summary>Begins to look for credentials in the background; called once.</summary>
    public void Start() => _loop = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>The credentials to sign with, or why there are none. Never waits.</summary>
    public bool TryGet([NotNullWhen(true)] out AwsCredentials? credentials, out string reason)
    {
        CredentialStatus status = _status;
        credentials = null;
        if (status.Current is not { } current)
        {
            reason = status.Problem is null
                ? "no AWS credentials yet: the first look-up is still running"
                : $"no AWS credentials: {status.Problem}";
            return false;
        }

        if (current.ExpiresAt is { } expiry && expiry <= _time.GetUtcNow())
        {
            reason = $"the AWS credentials from {current.Provider} expired at {expiry:yyyy-MM-dd'T'HH:mm:ss'Z'}"
                + (status.Problem is null ? "" : $" and cannot be refreshed: {status.Problem}");
            return false;
        }

        credentials = current.Credentials;
        reason = "";
        return true;
    }

    /// <summary>
    /// Other credentials than <paramref name="refused"/>, which a service will not have any more: those that came meanwhile,
    /// or those of one look-up at the source that all callers share. Null when there are none to try: the look-up failed,
    /// took too long, brought the same ones again, or did so less than half a minute ago.
    /// </summary>
    public async ValueTask<AwsCredentials?> ReplaceAsync(AwsCredentials refused, CancellationToken cancel)
    {
        if (AskForOthers(refused) is { } asked)
        {
            try
            {
                await asked.WaitAsync(s_forcedPatience, _time, cancel).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The look-up goes on; what it brings serves later requests.
                return null;
            }
        }

        return TryGet(out AwsCredentials? found, out _) && found != refused ? found : null;
    }

    /// <summary>Ends the background work.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        (_provider as IDisposable)?.Dispose();
        _stop.Dispose();
    }

    /// <summary>The refresh to wait for; null when there is nothing to wait for.</summary>
    private Task? AskForOthers(AwsCredentials refused)
    {
        lock (_forcedLock)
        {
            if (_status.Current?.Credentials != refused)
            {
                return null;
            }

            if (_forced is not null)
            {
                return _forced.Task;
            }

            if (_lastForced == refused && _time.GetElapsedTime(_lastForcedAt) < s_forcedInterval)
            {
                return null;
            }

            _lastForced = refused;
            _lastForcedAt = _time.GetTimestamp();
            _forced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wake?.TrySetResult();
            return _forced.Task;
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        int failuresInARow = 0;
        while (!stop.IsCancellationRequested)
        {
            TaskCompletionSource? forced = Forced();
            if (forced is not null && _lookUp is null)
            {
                _provider.Forget();
            }

            failuresInARow = await RefreshAsync(stop).ConfigureAwait(false) ? 0 : failuresInARow + 1;
            if (forced is not null)
            {
                Answer(forced);
            }

            await PauseAsync(failuresInARow == 0 ? s_checkInterval : Backoff(failuresInARow), stop).ConfigureAwait(false);
        }

        if (Forced() is { } late)
        {
            Answer(late);
        }
    }

    private TaskCompletionSource? Forced()
    {
        lock (_forcedLock)
        {
            return _forced;
        }
    }

    private void Answer(TaskCompletionSource forced)
    {
        lock (_forcedLock)
        {
            _forced = null;
        }

        forced.SetResult();
    }

    /// <summary>Waits, but not when refused requests wait for other credentials.</summary>
    private async Task PauseAsync(TimeSpan wait, CancellationToken stop)
    {
        TaskCompletionSource wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_forcedLock)
        {
            if (_forced is not null)
            {
                return;
            }

            _wake = wake;
        }

        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(Task.Delay(wait, _time, ended.Token), wake.Task).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        lock (_forcedLock)
        {
            _wake = null;
        }
    }

    private static TimeSpan Backoff(int failures)
    {
        double seconds = s_retryMin.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 10));
        return TimeSpan.FromSeconds(Math.Min(seconds, s_retryMax.TotalSeconds));
    }

    /// <summary>
    /// Asks the provider once, or waits on for the answer to the last question; any failure of whatever source it uses
    /// becomes the status's problem.
    /// </summary>
    private async Task<bool> RefreshAsync(CancellationToken stop)
    {
        try
        {
            _lookUp ??= _provider.ResolveAsync(stop);
            ResolvedCredentials found = await _lookUp.WaitAsync(s_lookUpTimeout, _time, stop).ConfigureAwait(false);
            CredentialStatus last = _status;
            bool isNew = found.Credentials != last.Current?.Credentials;
            Publish(last with
            {
                Current = found,
                Problem = null,
                Refreshes = last.Refreshes + (isNew ? 1 : 0),
            });
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (TimeoutException) when (_lookUp is { IsCompleted: false })
        {
            CredentialStatus last = _status;
            string problem = $"the look-up has not ended after {s_lookUpTimeout.TotalSeconds} seconds and still runs";
            Publish(last with { Problem = problem, Failures = last.Failures + 1 });
            return false;
        }
#pragma warning disable CA1031 // The top of the loop: providers run foreign processes, HTTP and file parsers.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            CredentialStatus last = _status;
            Publish(last with { Problem = OneLine(problem.Message), Failures = last.Failures + 1 });
            return false;
        }
        finally
        {
            _lookUp = _lookUp is { IsCompleted: false } running ? running : null;
        }
    }

    /// <summary>The SDK lists one line per link of its chain.</summary>
    private static string OneLine(string message)
    {
        string text = string.Join(
            " ", message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MaxProblemLength ? text : text[..MaxProblemLength] + "…";
    }

    private void Publish(CredentialStatus status)
    {
        CredentialStatus last = _status;
        _status = status;
        if (status.Problem != last.Problem || status.Current != last.Current)
        {
            _changed?.Invoke(status);
        }
    }
}
