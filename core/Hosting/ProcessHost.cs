using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// Runs a program: starts its components in order, waits for SIGTERM, SIGINT or a failed loop, and stops them in
/// reverse, each within its time-out. SIGHUP reloads. A second signal while stopping cuts the waits short.
/// </summary>
public sealed class ProcessHost : IDisposable
{
    private static readonly TimeSpan s_defaultStopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// When memory is tidied up for the first time, and how long at most until it is again: each time after twice as long as before. A start
    /// takes seconds, code for the first requests of each kind is made in the minute behind it, and later ones need something rare for a moment.
    /// </summary>
    private static readonly TimeSpan s_firstTidying = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_longestBetweenTidyings = TimeSpan.FromMinutes(10);

    private readonly List<HostedPart> _parts = [];
    private readonly TaskCompletionSource<int> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _hurry = new();
    private readonly TextWriter _error;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private int _signals;

    /// <param name="loggers">Takes the start and stop lines.</param>
    /// <param name="time">The clock of stop time-outs.</param>
    /// <param name="error">Takes the one line of a failed start; standard error in programs.</param>
    public ProcessHost(ILoggerFactory loggers, TimeProvider time, TextWriter error)
    {
        _log = loggers.CreateLogger<ProcessHost>();
        _time = time;
        _error = error;
    }

    /// <summary>Called on SIGHUP; null leaves SIGHUP without effect (it never ends the process).</summary>
    public Func<Task>? OnReload { get; set; }

    /// <summary>Done when the start is over, and now and then: lets go of memory that was needed for a moment.</summary>
    public Action Tidy { get; init; } = static () => ProgramPages.LetGo();

    /// <summary>Adds a component; they start in the order of these calls.</summary>
    public ProcessHost Add(IComponent component, TimeSpan? stopTimeout = null)
    {
        _parts.Add(new HostedPart(component, stopTimeout ?? s_defaultStopTimeout));
        return this;
    }

    /// <summary>
    /// Adds a loop that runs until its token is cancelled. Ending before that, or throwing, ends the process with
    /// exit code 1, because a program that has silently lost a part of itself is worse than one that restarts.
    /// </summary>
    public ProcessHost AddLoop(string name, Func<CancellationToken, Task> run, TimeSpan? stopTimeout = null) =>
        Add(new LoopComponent(name, run, LoopEnded), stopTimeout);

    /// <summary>Asks the process to stop, as a signal does.</summary>
    public void RequestStop(string reason, int exitCode = ExitCode.Success)
    {
        HostLog.Stopping(_log, reason);
        _ending.TrySetResult(exitCode);
    }

    /// <summary>Starts everything, runs, stops everything; returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);

        using ITimer tidying = StartTidying();
        int started = 0;
        int exitCode = ExitCode.Success;
        try
        {
            for (; started < _parts.Count && !_ending.Task.IsCompleted; started++)
            {
                await _parts[started].Component.StartAsync(_hurry.Token);
            }

            if (!_ending.Task.IsCompleted)
            {
                HostLog.Started(_log, started);
            }

            exitCode = await _ending.Task;
        }
        catch (Exception error)
        {
            exitCode = ReportFailedStart(_parts[started].Component.Name, error);
        }

        bool clean = await StopAsync(started);
        return exitCode == ExitCode.Success && !clean ? ExitCode.Failure : exitCode;
    }

    /// <summary>Frees what the host made itself; components belong to whoever made them.</summary>
    public void Dispose()
    {
        foreach (HostedPart part in _parts)
        {
            (part.Component as LoopComponent)?.Dispose();
        }

        _hurry.Dispose();
    }

    private ITimer StartTidying()
    {
        TimeSpan wait = s_firstTidying;
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                Tidy();
                wait = wait < s_longestBetweenTidyings / 2 ? wait * 2 : s_longestBetweenTidyings;
                timer?.Change(wait, Timeout.InfiniteTimeSpan);
            },
            null, wait, Timeout.InfiniteTimeSpan);
        return timer;
    }

    private async Task<bool> StopAsync(int started)
    {
        bool clean = true;
        for (int index = started - 1; index >= 0; index--)
        {
            clean &= await StopPartAsync(_parts[index]);
        }

        HostLog.Stopped(_log);
        return clean;
    }

    private async Task<bool> StopPartAsync(HostedPart part)
    {
        using CancellationTokenSource timeout = new(part.StopTimeout, _time);
        using CancellationTokenSource cancel =
            CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _hurry.Token);
        try
        {
            // Awaited with the token as well: a component that ignores it must not hold the others up.
            await part.Component.StopAsync(cancel.Token).WaitAsync(cancel.Token);
            return true;
        }
        catch (OperationCanceledException) when (_hurry.IsCancellationRequested)
        {
            HostLog.StopCutShort(_log, part.Component.Name);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            HostLog.StopTimedOut(_log, part.Component.Name, part.StopTimeout.TotalSeconds);
        }
        catch (Exception error)
        {
            HostLog.StopFailed(_log, error, part.Component.Name);
        }

        return false;
    }

    private int ReportFailedStart(string component, Exception error)
    {
        if (error is StartFailedException)
        {
            _error.WriteLine($"error: {error.Message}");
        }
        else
        {
            HostLog.StartFailed(_log, error, component);
            _error.WriteLine($"error: {component} could not start: {error.Message}");
        }

        return ExitCode.Failure;
    }

    private void LoopEnded(string name, Exception? error)
    {
        HostLog.LoopEnded(_log, error, name);
        RequestStop($"{name} ended", ExitCode.Failure);
    }

    /// <summary>What a signal does; its own method so that tests need not signal their own process.</summary>
    internal void Handle(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGHUP)
        {
            if (OnReload is { } reload)
            {
                _ = Task.Run(reload);
            }

            return;
        }

        if (Interlocked.Increment(ref _signals) > 1)
        {
            HostLog.Hurrying(_log);
            _hurry.Cancel();
        }

        RequestStop(signal.ToString());
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Handle(signal.Signal);
    }
}
