using AmpEdge.Hosting;

namespace AmpEdge.Proxy;

/// <summary>Started last and stopped first: readiness ends before the first listener closes.</summary>
internal sealed class ReadyUntilStop : IComponent
{
    private volatile bool _isStopping;

    public ReadyUntilStop(Readiness readiness) =>
        readiness.Require(() => _isStopping ? "stopping: running requests are ended, new ones are not taken" : null);

    public string Name => "readiness";

    public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancel)
    {
        _isStopping = true;
        return Task.CompletedTask;
    }
}
