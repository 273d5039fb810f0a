using System.Runtime.InteropServices;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting;

public sealed class ProcessHostTests : IDisposable
{
    private readonly List<string> _events = [];
    private readonly StringWriter _error = new();
    private readonly ManualTime _time = new();
    private readonly ProcessHost _host;

    public ProcessHostTests() => _host = new ProcessHost(NullLoggerFactory.Instance, _time, _error);

    public void Dispose()
    {
        _host.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Components_start_in_order_and_stop_in_reverse()
    {
        _host.Add(new Recorded("a", _events)).Add(new Recorded("b", _events));
        _host.AddLoop("loop", stop =>
        {
            _host.RequestStop("test");
            return Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
        });

        Assert.Equal(ExitCode.Success, await _host.RunAsync());
        Assert.Equal(["start a", "start b", "stop b", "stop a"], _events);
    }

    [Fact]
    public async Task Once_the_start_is_over_and_now_and_then_it_tidies_up()
    {
        int tidied = 0;
        using ProcessHost host = new(NullLoggerFactory.Instance, _time, _error) { Tidy = () => tidied++ };
        Task<int> run = host.RunAsync();
        foreach ((int seconds, int times) in ((int, int)[])[(2, 0), (1, 1), (5, 1), (1, 2), (12, 3), (24, 4), (48, 5)])
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(times, tidied);
        }

        _time.Advance(TimeSpan.FromHours(1));
        tidied = 0;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(6, tidied);

        host.RequestStop("test");
        Assert.Equal(ExitCode.Success, await run);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(6, tidied);
    }

    [Fact]
    public async Task A_failed_start_stops_what_was_started_and_prints_one_line()
    {
        _host.Add(new Recorded("a", _events));
        _host.Add(new Recorded("b", _events) { StartError = new StartFailedException("cannot listen on :80: in use") });
        _host.Add(new Recorded("c", _events));

        Assert.Equal(ExitCode.Failure, await _host.RunAsync());
        Assert.Equal(["start a", "start b", "stop a"], _events);
        Assert.Equal("error: cannot listen on :80: in use\n", _error.ToString());
    }

    [Fact]
    public async Task A_loop_that_ends_by_itself_ends_the_process_with_a_failure()
    {
        _host.Add(new Recorded("a", _events));
        _host.AddLoop("scrape", _ => throw new InvalidOperationException("broken"));

        Assert.Equal(ExitCode.Failure, await _host.RunAsync());
        Assert.Equal(["start a", "stop a"], _events);
    }

    [Fact]
    public async Task A_component_that_does_not_stop_in_time_holds_up_nobody()
    {
        _host.Add(new Recorded("a", _events));
        _host.Add(new Recorded("stuck", _events) { NeverStops = true }, TimeSpan.FromSeconds(5));
        _host.AddLoop("ender", stop =>
        {
            _host.RequestStop("test");
            return Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
        });

        Task<int> run = _host.RunAsync();
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(ExitCode.Failure, await run);
        Assert.Equal("stop a", _events[^1]);
    }

    [Fact]
    public async Task A_second_signal_waits_for_nobody()
    {
        Recorded stuck = new("stuck", _events) { NeverStops = true };
        _host.Add(new Recorded("a", _events)).Add(stuck);

        Task<int> run = _host.RunAsync();
        _host.Handle(PosixSignal.SIGTERM);
        await stuck.StopCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        _host.Handle(PosixSignal.SIGINT);

        Assert.Equal(ExitCode.Failure, await run);
        Assert.Equal("stop a", _events[^1]);
    }

    [Fact]
    public async Task Hang_up_reloads_and_does_not_end_the_process()
    {
        _host.OnReload = () =>
        {
            _events.Add("reload");
            _host.RequestStop("test");
            return Task.CompletedTask;
        };
        _host.Add(new Recorded("a", _events));

        Task<int> run = _host.RunAsync();
        _host.Handle(PosixSignal.SIGHUP);

        Assert.Equal(ExitCode.Success, await run);
        Assert.Equal(["start a", "reload", "stop a"], _events);
    }

    private sealed class Recorded(string name, List<string> events) : IComponent
    {
        public string Name => name;

        public Exception? StartError { get; init; }

        public bool NeverStops { get; init; }

        public TaskCompletionSource StopCalled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancel)
        {
            events.Add($"start {name}");
            return StartError is null ? Task.CompletedTask : Task.FromException(StartError);
        }

        public Task StopAsync(CancellationToken cancel)
        {
            StopCalled.TrySetResult();
            if (NeverStops)
            {
                return new TaskCompletionSource().Task;
            }

            events.Add($"stop {name}");
            return Task.CompletedTask;
        }
    }
}
