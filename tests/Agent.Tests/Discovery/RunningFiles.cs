using System.Threading.Channels;
using AmpEdge.Agent.Discovery;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

/// <summary>A discoverer at work on real files, with what it reports.</summary>
internal sealed class RunningFiles : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<IReadOnlyList<TargetGroup>> _reports = Channel.CreateUnbounded<IReadOnlyList<TargetGroup>>();
    private readonly Task _running;

    public RunningFiles(FileDiscoverer discoverer)
    {
        _running = discoverer.RunAsync(groups => _reports.Writer.TryWrite(groups), _stop.Token);
    }

    public async Task<IReadOnlyList<TargetGroup>> WaitForReportAsync() =>
        await _reports.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits for a report with a target of that address.</summary>
    public async Task WaitForAsync(string address)
    {
        while (true)
        {
            foreach (TargetGroup group in await WaitForReportAsync())
            {
                foreach (Labels target in group.Targets)
                {
                    if (target.GetString("__address__") == address)
                    {
                        return;
                    }
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
    }
}
