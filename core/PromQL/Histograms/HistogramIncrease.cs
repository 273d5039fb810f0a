using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// How much the native histograms of a window have grown from the first to the last, with what counters had reached before
/// each reset added.
/// </summary>
internal sealed class HistogramIncrease(bool isCounter)
{
    private readonly HistogramAccumulator _difference = new(compensated: false);

    /// <summary>
    /// The growth over at least two histograms, a gauge; null where exponential and custom buckets meet. What is odd about
    /// them is noted.
    /// </summary>
    public FloatHistogram? Of(ReadOnlySpan<FloatHistogram> histograms, RangeNotes? notes)
    {
        FloatHistogram last = histograms[^1];
        FloatHistogram first = histograms[0];
        if (isCounter && (IsGauge(first) || IsGauge(last)))
        {
            notes?.NotACounter();
        }

        if (isCounter && HistogramResets.IsReset(histograms[1], first))
        {
            // Nothing of the first one counts, so its layout need not fit.
            first = new FloatHistogram { Schema = histograms[1].Schema, CustomValues = histograms[1].CustomValues };
        }

        if (last.HasCustomBuckets != first.HasCustomBuckets || !TryFindSchema(histograms, first, notes, out int schema))
        {
            notes?.MixedSchemas();
            return null;
        }

        _difference.Load(last);
        _difference.ReduceTo(schema);

        // The hints are looked at here one by one, so that they collide in the sums has no meaning.
        HistogramCombination noticed = _difference.Add(first, factor: -1) & ~HistogramCombination.ResetsCollide;
        if (notes?.Check(noticed, HistogramOperation.Subtraction) == false
            || (isCounter && !TryAddResets(histograms, first, notes)))
        {
            return null;
        }

        if (!isCounter && !(IsGauge(histograms[0]) && IsGauge(last)))
        {
            notes?.NotAGauge();
        }

        _difference.Hint = CounterResetHint.Gauge;
        return _difference.ToHistogram(compact: true);
    }

    /// <summary>The coarsest schema; false when a histogram in between has another kind of buckets.</summary>
    private bool TryFindSchema(
        ReadOnlySpan<FloatHistogram> histograms, FloatHistogram first, RangeNotes? notes, out int schema)
    {
        schema = Math.Min(histograms[^1].Schema, first.Schema);
        if (!isCounter)
        {
            return true;
        }

        foreach (FloatHistogram histogram in histograms[1..^1])
        {
            if (IsGauge(histogram))
            {
                notes?.NotACounter();
            }

            schema = Math.Min(schema, histogram.Schema);
            if (histogram.HasCustomBuckets != first.HasCustomBuckets)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAddResets(ReadOnlySpan<FloatHistogram> histograms, FloatHistogram first, RangeNotes? notes)
    {
        FloatHistogram previous = first;
        foreach (FloatHistogram current in histograms[1..])
        {
            if (HistogramResets.IsReset(current, previous))
            {
                HistogramCombination noticed = _difference.Add(previous) & ~HistogramCombination.ResetsCollide;
                if (notes?.Check(noticed, HistogramOperation.Addition) == false)
                {
                    return false;
                }
            }

            previous = current;
        }

        return true;
    }

    private static bool IsGauge(FloatHistogram histogram) => histogram.CounterResetHint == CounterResetHint.Gauge;
}
