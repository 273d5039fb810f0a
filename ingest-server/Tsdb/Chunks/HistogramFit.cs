using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Whether a histogram can go into the chunk of the one before it, by Prometheus's rules: the same resolution, the same kind,
/// no counter reset between them, and nothing but markers behind a marker of the end.
/// </summary>
internal readonly ref struct HistogramFit(HistogramNumbers last, CounterResetHeader header)
{
    private readonly HistogramNumbers _last = last;
    private readonly CounterResetHeader _header = header;

    /// <summary>If not, <paramref name="next"/> is the header of the chunk that begins with it.</summary>
    public bool Takes(Histogram histogram, out CounterResetHeader next)
    {
        bool isGauge = histogram.CounterResetHint == CounterResetHint.Gauge;
        next = isGauge ? CounterResetHeader.Gauge : CounterResetHeader.Unknown;
        if (histogram.IsFloat != _last.IsFloat)
        {
            return false;
        }

        if (isGauge || _header == CounterResetHeader.Gauge)
        {
            // A marker of the end has no hint of its own.
            return _header == CounterResetHeader.Gauge && (histogram.IsStale || (isGauge && !_last.IsStale && HasSameShape(histogram)));
        }

        if (histogram.CounterResetHint == CounterResetHint.Reset)
        {
            next = CounterResetHeader.Reset;
            return false;
        }

        if (histogram.IsStale || _last.IsStale)
        {
            next = histogram.IsStale ? CounterResetHeader.NotReset : CounterResetHeader.Unknown;
            return histogram.IsStale;
        }

        bool fits = HasSameShape(histogram) && !IsReset(histogram);
        next = fits ? CounterResetHeader.NotReset
            : IsReset(histogram) ? CounterResetHeader.Reset
            : CounterResetHeader.Unknown;
        return fits;
    }

    private bool HasSameShape(Histogram histogram) =>
        HasSameResolution(histogram) && (!histogram.HasCustomBuckets || HasSameBounds(histogram));

    private bool HasSameResolution(Histogram histogram) =>
        histogram.Schema == _last.Schema && histogram.ZeroThreshold.Equals(_last.ZeroThreshold);

    private bool HasSameBounds(Histogram histogram)
    {
        ReadOnlySpan<double> bounds = histogram.CustomValues;
        if (bounds.Length != _last.CustomValues.Count)
        {
            return false;
        }

        for (int index = 0; index < bounds.Length; index++)
        {
            if (!bounds[index].Equals(_last.CustomValues[index]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Of another resolution, only the count of all observations is compared.</summary>
    private bool IsReset(Histogram histogram)
    {
        if (IsLess(_last.IsFloat, histogram.FloatCount, histogram.Count, in _last.Count))
        {
            return true;
        }

        return HasSameResolution(histogram)
            && ((histogram.HasCustomBuckets && !HasSameBounds(histogram))
                || IsLess(_last.IsFloat, histogram.FloatZeroCount, histogram.ZeroCount, in _last.ZeroCount)
                || IsReset(_last.Positive, histogram.Positive)
                || IsReset(_last.Negative, histogram.Negative));
    }

    private static bool IsLess(bool isFloat, double floatCount, ulong count, in HistogramNumber before) =>
        isFloat ? floatCount < before.Float : count < before.Value;

    /// <summary>A bucket has less than before, or had something and is gone.</summary>
    private bool IsReset(BucketNumbers before, HistogramSide now)
    {
        BucketWalk old = new(before.Spans);
        BucketWalk current = new(now.Spans);
        current.MoveNext();
        long count = 0;
        while (old.MoveNext())
        {
            ref readonly HistogramNumber number = ref before.Numbers[old.Place];
            count += (long)number.Value;
            while (current.HasBucket && current.Index < old.Index)
            {
                current.MoveNext();
            }

            bool has = current.HasBucket && current.Index == old.Index;
            if (_last.IsFloat
                ? (has ? now.FloatCounts[current.Place] < number.Float : number.Float != 0)
                : (has ? now.Counts[current.Place] < count : count != 0))
            {
                return true;
            }
        }

        return false;
    }
}
