using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class ConfigWatchTests : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-watch-").FullName;
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _reloaded = new(0);
    private readonly List<string> _files;
    private Task _running = Task.CompletedTask;
    private Action _onReload = static () => { };
    private int _reloads;

    public ConfigWatchTests() => _files = [Write("main.yml", "a"), Path.Combine(_folder, "later.yml")];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
        _reloaded.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Changed_content_reloads_once()
    {
        Start();
        await LookAsync();
        Assert.Equal(0, _reloads);

        Write("main.yml", "b");
        await LookAsync(expectReload: true);
        await LookAsync();

        Assert.Equal(1, _reloads);
    }

    [Fact]
    public async Task A_file_that_is_only_touched_does_not_reload()
    {
        Start();
        Write("main.yml", "a");
        File.SetLastWriteTimeUtc(_files[0], DateTime.UnixEpoch);

        await LookAsync();

        Assert.Equal(0, _reloads);
    }

    [Fact]
    public async Task A_file_that_comes_and_goes_is_a_change()
    {
        Start();
        Write("later.yml", "x");
        await LookAsync(expectReload: true);
        File.Delete(_files[1]);
        await LookAsync(expectReload: true);

        Assert.Equal(2, _reloads);
    }

    [Fact]
    public async Task Content_is_taken_only_when_it_has_settled()
    {
        Start();
        Write("main.yml", "half");
        await AdvanceAsync(s_interval);
        Write("main.yml", "half and half");
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _reloads);

        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.True(await _reloaded.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_changes_while_it_is_read_is_read_again()
    {
        _onReload = () => Write("main.yml", "changed meanwhile");
        Start();
        Write("main.yml", "b");
        await LookAsync(expectReload: true);
        _onReload = static () => { };

        await LookAsync(expectReload: true);

        Assert.Equal(2, _reloads);
    }

    [Fact]
    public async Task Files_that_a_new_configuration_names_are_watched_too()
    {
        _onReload = () => _files.Add(Write("new.yml", "x"));
        Start();
        Write("main.yml", "b");
        await LookAsync(expectReload: true);
        _onReload = static () => { };
        await LookAsync();
        Assert.Equal(1, _reloads);

        Write("new.yml", "y");
        await LookAsync(expectReload: true);
    }

    private void Start()
    {
        ConfigWatch watch = new(() => [.. _files], ReloadAsync, s_interval, _time, NullLogger.Instance);
        _running = watch.RunAsync(_stop.Token);
    }

    private Task<string?> ReloadAsync(CancellationToken cancel)
    {
        _reloads++;
        _onReload();
        _reloaded.Release();
        return Task.FromResult<string?>(null);
    }

    /// <summary>Lets one interval pass, and what it takes for a change to settle.</summary>
    private async Task LookAsync(bool expectReload = false)
    {
        await AdvanceAsync(s_interval);
        if (expectReload)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.True(await _reloaded.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        }
    }

    /// <summary>The watch runs on the thread that moves the clock; it waits for its next timer when this returns.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        while (_time.WaitingTimers == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        _time.Advance(by);
        while (_time.WaitingTimers == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
