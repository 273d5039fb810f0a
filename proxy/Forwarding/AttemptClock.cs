using System.Globalization;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Ends an attempt whose answer does not begin, or does not end, in time.</summary>
internal sealed class AttemptClock : IDisposable
{
    private readonly TimeoutsConfig _timeouts;
    private readonly CancellationTokenSource? _source;
    private readonly TimeSpan _rest;
    private bool _waitsForHeaders;

    /// <param name="timeouts">Of the route.</param>
    /// <param name="spent">What earlier attempts have taken of the total.</param>
    /// <param name="time">The clock.</param>
    public AttemptClock(TimeoutsConfig timeouts, TimeSpan spent, TimeProvider time)
    {
        _timeouts = timeouts;
        _rest = timeouts.Total == Timeout.InfiniteTimeSpan
            ? Timeout.InfiniteTimeSpan
            : timeouts.Total > spent ? timeouts.Total - spent : TimeSpan.Zero;
        bool hasHeaders = timeouts.Headers != Timeout.InfiniteTimeSpan;
        _waitsForHeaders = hasHeaders && (_rest == Timeout.InfiniteTimeSpan || timeouts.Headers < _rest);
        if (hasHeaders || _rest != Timeout.InfiniteTimeSpan)
        {
            _source = new CancellationTokenSource(_waitsForHeaders ? timeouts.Headers : _rest, time);
        }
    }

    /// <summary>Fires when a limit was met.</summary>
    public CancellationToken Token => _source?.Token ?? CancellationToken.None;

    /// <summary>What was not done in which time; null while no limit was met.</summary>
    public string? Expired => _source is not { IsCancellationRequested: true } ? null
        : _waitsForHeaders ? $"did not begin to answer within {Seconds(_timeouts.Headers)} s (timeouts.headers)"
        : $"did not answer to the end within {Seconds(_timeouts.Total)} s (timeouts.total)";

    /// <summary>Only the total counts from now on.</summary>
    public void HeadersCame()
    {
        if (_waitsForHeaders && _source is { IsCancellationRequested: false })
        {
            _waitsForHeaders = false;
            _source.CancelAfter(_rest);
        }
    }

    public void Dispose() => _source?.Dispose();

    /// <summary>As messages show durations.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
