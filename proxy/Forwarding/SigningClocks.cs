using System.Collections.Concurrent;
using AmpEdge.Hosting;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// The clock of signatures for each upstream, which outlives reloads: what was learned about this machine's clock is not
/// learned again.
/// </summary>
internal sealed class SigningClocks
{
    // More upstreams than anybody has; beyond that a clock lives as long as its route.
    private const int MaxKept = 1024;

    private readonly ConcurrentDictionary<string, SigningClock> _clocks = new(StringComparer.OrdinalIgnoreCase);
    private readonly MetricFamily<GaugeMetric> _corrections;
    private readonly ILogger _log;
    private readonly TimeProvider _time;

    public SigningClocks(MetricRegistry metrics, ILogger log, TimeProvider time)
    {
        _corrections = metrics.Gauges(
            "ampedge_proxy_clock_correction_seconds",
            "What is added to this machine's clock in signatures, as the upstream's answers taught it.",
            "upstream");
        _log = log;
        _time = time;
    }

    /// <param name="origin">Scheme and authority of the upstream.</param>
    public SigningClock Of(string origin)
    {
        if (_clocks.TryGetValue(origin, out SigningClock? known))
        {
            return known;
        }

        SigningClock clock = new(_time, correction => Corrected(origin, correction));
        return _clocks.Count < MaxKept ? _clocks.GetOrAdd(origin, clock) : clock;
    }

    private void Corrected(string origin, TimeSpan correction)
    {
        _corrections.With(origin).Set(correction.TotalSeconds);
        if (correction == TimeSpan.Zero)
        {
            ForwardLog.ClockIsRight(_log, origin);
        }
        else
        {
            ForwardLog.ClockCorrected(_log, origin, Math.Round(correction.TotalSeconds));
        }
    }
}
