using System.Runtime.InteropServices;

namespace AmpEdge.Prometheus;

/// <summary>
/// Makes a native histogram with custom buckets out of what a classic one says: cumulative counts by upper bound.
/// </summary>
internal sealed class CustomBuckets
{
    /// <summary>So many empty buckets in a row are kept; a longer row becomes a gap between spans.</summary>
    private const int MaxEmptyBuckets = 2;

    private readonly List<(double Bound, double Count)> _buckets = [];
    private double _count;
    private bool _hasCount;
    private double _sum;
    private bool _isBroken;

    /// <summary>Buckets come in order; only pages from who knows where have them otherwise, or twice.</summary>
    private bool _isSorted = true;

    public void Clear()
    {
        _buckets.Clear();
        _count = 0;
        _hasCount = false;
        _sum = 0;
        _isBroken = false;
        _isSorted = true;
    }

    public void AddBucket(double bound, double cumulativeCount)
    {
        _isBroken |= double.IsNaN(bound) || !(cumulativeCount >= 0);
        _isSorted &= _buckets.Count == 0 || _buckets[^1].Bound < bound;
        _buckets.Add((bound, cumulativeCount));
    }

    public void SetCount(double count)
    {
        _isBroken |= !(count >= 0);
        _count = count;
        _hasCount = true;
    }

    public void SetSum(double sum) => _sum = sum;

    /// <summary>False when the parts make no histogram: counts that fall, or a count that is not the last bucket's.</summary>
    public bool TryConvert(Histogram histogram)
    {
        histogram.Clear();
        if (!_isSorted)
        {
            SortBuckets();
        }

        double count = _hasCount || _buckets.Count == 0 ? _count : _buckets[^1].Count;
        if (_buckets.Count == 0 || !double.IsPositiveInfinity(_buckets[^1].Bound))
        {
            _buckets.Add((double.PositiveInfinity, count));
        }

        bool isWhole = IsWhole(count);
        double before = 0;
        foreach ((double _, double cumulative) in CollectionsMarshal.AsSpan(_buckets))
        {
            _isBroken |= cumulative < before;
            isWhole &= IsWhole(cumulative);
            before = cumulative;
        }

        if (_isBroken || !before.Equals(count))
        {
            return false;
        }

        histogram.Schema = FloatHistogram.CustomBucketsSchema;
        histogram.Sum = _sum;
        histogram.IsFloat = !isWhole;
        histogram.Count = isWhole ? (ulong)count : 0;
        histogram.FloatCount = isWhole ? 0 : count;
        foreach ((double bound, double _) in CollectionsMarshal.AsSpan(_buckets)[..^1])
        {
            histogram.AddCustomValue(bound);
        }

        FillSpans(histogram);
        return true;
    }

    /// <summary>By bound; one that was given twice is one, if both times with the same count.</summary>
    private void SortBuckets()
    {
        _buckets.Sort();
        int kept = 0;
        for (int index = 1; index < _buckets.Count; index++)
        {
            if (_buckets[index].Bound.Equals(_buckets[kept].Bound))
            {
                _isBroken |= !_buckets[index].Count.Equals(_buckets[kept].Count);
                continue;
            }

            _buckets[++kept] = _buckets[index];
        }

        _buckets.RemoveRange(kept + 1, _buckets.Count - kept - 1);
        _isSorted = true;
    }

    /// <summary>Counts above 2^53 are not exact in the page either, and not above what an integer count can be.</summary>
    private static bool IsWhole(double count) => count < long.MaxValue && Math.Floor(count).Equals(count);

    private void FillSpans(Histogram histogram)
    {
        HistogramSide side = histogram.Positive;
        double before = 0;
        int end = 0;
        int spanStart = -1;
        int lastSpanEnd = 0;
        for (int index = 0; index < _buckets.Count; index++)
        {
            double inBucket = _buckets[index].Count - before;
            before = _buckets[index].Count;
            if (inBucket.Equals(0.0))
            {
                continue;
            }

            if (spanStart < 0 || index - end > MaxEmptyBuckets)
            {
                CloseSpan(side, spanStart, end, ref lastSpanEnd);
                spanStart = index;
                end = index;
            }

            for (; end < index; end++)
            {
                AddCount(histogram, 0);
            }

            AddCount(histogram, inBucket);
            end = index + 1;
        }

        CloseSpan(side, spanStart, end, ref lastSpanEnd);
    }

    private static void CloseSpan(HistogramSide side, int start, int end, ref int lastSpanEnd)
    {
        if (start >= 0)
        {
            side.AddSpan(new HistogramSpan(start - lastSpanEnd, (uint)(end - start)));
            lastSpanEnd = end;
        }
    }

    private static void AddCount(Histogram histogram, double count)
    {
        if (histogram.IsFloat)
        {
            histogram.Positive.AddFloatCount(count);
        }
        else
        {
            histogram.Positive.AddCount((long)count);
        }
    }
}
