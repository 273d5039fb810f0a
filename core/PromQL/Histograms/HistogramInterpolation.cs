using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The native histogram at a time between two others, on the line between them.</summary>
internal sealed class HistogramInterpolation
{
    private readonly HistogramAccumulator _sum = new(compensated: false);

    /// <summary>
    /// What lies between two histograms that have buckets of one kind; null where they do not. A counter that was reset in
    /// between came up from zero.
    /// </summary>
    /// <param name="from">The histogram before.</param>
    /// <param name="fromMs">Its time.</param>
    /// <param name="to">The histogram after.</param>
    /// <param name="toMs">Its time.</param>
    /// <param name="timeMs">The time asked for.</param>
    /// <param name="isCounter">Whether a fall is a reset.</param>
    /// <param name="notes">Where it is said what was noticed.</param>
    public FloatHistogram? At(
        FloatHistogram from, long fromMs, FloatHistogram to, long toMs, long timeMs, bool isCounter, RangeNotes? notes)
    {
        if (timeMs == fromMs || timeMs == toMs)
        {
            return timeMs == fromMs ? from : to;
        }

        double fraction = (double)(timeMs - fromMs) / (toMs - fromMs);
        if (isCounter && HistogramResets.IsReset(to, from))
        {
            return HistogramScaling.Multiply(to, fraction);
        }

        _sum.Load(to);
        if (!Check(_sum.Add(from, factor: -1), HistogramOperation.Subtraction, notes))
        {
            return null;
        }

        _sum.Multiply(fraction);
        return Check(_sum.Add(from), HistogramOperation.Addition, notes) ? _sum.ToHistogram(compact: false) : null;
    }

    // That hints collide has no meaning between neighbours of one series.
    private static bool Check(HistogramCombination noticed, HistogramOperation operation, RangeNotes? notes)
    {
        noticed &= ~HistogramCombination.ResetsCollide;
        notes?.Check(noticed, operation);
        return !noticed.HasFlag(HistogramCombination.Incompatible);
    }
}
