namespace AmpEdge.Hosting;

/// <summary>A component that is one loop. Reports when the loop ends by itself.</summary>
internal sealed class LoopComponent : IComponent, IDisposable
{
    private readonly Func<CancellationToken, Task> _run;
    private readonly Action<string, Exception?> _ended;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public LoopComponent(string name, Func<CancellationToken, Task> run, Action<string, Exception?> ended)
    {
        Name = name;
        _run = run;
        _ended = ended;
    }

    public string Name { get; }

    public Task StartAsync(CancellationToken cancel)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(cancel);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await _run(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            _ended(Name, error);
            return;
        }

        if (!_stop.IsCancellationRequested)
        {
            _ended(Name, null);
        }
    }
}
