using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// Has a listener rest while it cannot take connections, with a count of the rests and a line once a minute; callers wait in the
/// backlog meanwhile.
/// </summary>
internal sealed class AcceptGate(
    string server, HttpServerOptions options, CounterMetric failures, ILogger log, TimeProvider time)
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(200);

    private readonly RepeatedErrorGate _lines = new(time);

    /// <summary>Returns when there is a file descriptor for the next caller.</summary>
    /// <exception cref="OperationCanceledException">The listener has ended.</exception>
    public async ValueTask WaitAsync(CancellationToken cancel)
    {
        while (!options.Descriptors.TryTake(options.SpareDescriptors))
        {
            await RestAsync(
                $"too few file descriptors are left of {options.Descriptors.Limit}: raise the limit (ulimit -n) or have fewer callers",
                cancel);
        }
    }

    /// <summary>Rests after an error of the machine: it passes, and this listener must then still be there.</summary>
    /// <exception cref="OperationCanceledException">The listener has ended.</exception>
    public Task RestAfterAsync(SocketException error, CancellationToken cancel) => RestAsync(error.Message, cancel);

    /// <summary>Says that a connection was taken.</summary>
    public void Passed()
    {
        if (_lines.Recovered(out _))
        {
            HttpLog.AcceptsAgain(log, server);
        }
    }

    private Task RestAsync(string reason, CancellationToken cancel)
    {
        failures.Increment();
        if (_lines.ShouldLog(reason, out _))
        {
            HttpLog.AcceptFailed(log, server, reason);
        }

        return Task.Delay(s_rest, time, cancel);
    }
}
