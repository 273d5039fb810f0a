using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy;

/// <summary>
/// Started last and stopped first: readiness ends before the first listener closes, and answers from then on end their
/// connections. A listener that stops closes the idle ones, and a request that is on its way in one of them would be lost; so callers
/// who send one after the other get a moment to hear that they should connect elsewhere.
/// </summary>
internal sealed class StopNotice : IComponent
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private volatile bool _isStopping;

    public StopNotice(Readiness readiness, TimeProvider time)
    {
        _time = time;
        readiness.Require(() => _isStopping ? "stopping: running requests are ended, new ones are not taken" : null);
    }

    public string Name => "readiness";

    public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancel)
    {
        _isStopping = true;
        await Task.Delay(s_moment, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Has an answer say that its connection ends; to be asked before the answer begins.</summary>
    public void ApplyTo(HttpContext context)
    {
        if (_isStopping && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
