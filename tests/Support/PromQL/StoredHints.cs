using System.Linq;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>
/// The counter reset hints that Prometheus's store gives back: all histograms of a chunk but the first are known to go on from
/// the one before; of the first it does not tell, though a reset begins a chunk. Gauges stay gauges.
/// </summary>
internal sealed class StoredHints
{
    /// <summary>The histogram before in the same chunk.</summary>
    private FloatHistogram? _previous;

    /// <summary>Floats have chunks of their own.</summary>
    public void PassFloat() => _previous = null;

    public FloatHistogram Store(FloatHistogram written)
    {
        if (written.IsStale || written.CounterResetHint == CounterResetHint.Gauge)
        {
            _previous = null;
            return written;
        }

        FloatHistogram unknown = written.WithHint(CounterResetHint.Unknown);
        bool beginsChunk = _previous is null
            || written.CounterResetHint == CounterResetHint.Reset
            || HasOtherLayout(unknown, _previous)
            || HistogramResets.IsReset(unknown, _previous);
        _previous = unknown;
        return beginsChunk ? unknown : unknown.WithHint(CounterResetHint.NotReset);
    }

    private static bool HasOtherLayout(FloatHistogram current, FloatHistogram previous) =>
        current.Schema != previous.Schema
        || current.ZeroThreshold != previous.ZeroThreshold
        || !current.CustomValues.SequenceEqual(previous.CustomValues);
}
