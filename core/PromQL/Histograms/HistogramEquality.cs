using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// When two native histograms are the same: every number to the bit and every bucket, empty ones too. What is known of
/// counter resets does not matter.
/// </summary>
internal static class HistogramEquality
{
    public static bool AreEqual(FloatHistogram left, FloatHistogram right) =>
        left.Schema == right.Schema
        && SameBits(left.Count, right.Count)
        && SameBits(left.Sum, right.Sum)
        && SameBits(left.ZeroCount, right.ZeroCount)
        && left.ZeroThreshold == right.ZeroThreshold
        && (!left.HasCustomBuckets || CustomBounds.Match(left.CustomValues, right.CustomValues))
        && AreEqual(left.PositiveSide(), right.PositiveSide())
        && AreEqual(left.NegativeSide(), right.NegativeSide());

    private static bool AreEqual(HistogramSideView left, HistogramSideView right)
    {
        if (left.Counts.Length != right.Counts.Length)
        {
            return false;
        }

        BucketCursor leftBuckets = left.Walk(BucketMap.Same);
        BucketCursor rightBuckets = right.Walk(BucketMap.Same);
        while (leftBuckets.MoveNext() && rightBuckets.MoveNext())
        {
            if (leftBuckets.Index != rightBuckets.Index || !SameBits(leftBuckets.Count, rightBuckets.Count))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameBits(double left, double right) =>
        BitConverter.DoubleToInt64Bits(left) == BitConverter.DoubleToInt64Bits(right);
}
