using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class CustomBucketsTests
{
    private readonly CustomBuckets _buckets = new();
    private readonly Histogram _histogram = new();

    [Fact]
    public void Buckets_in_any_order_and_number_make_the_histogram_of_their_bounds()
    {
        const int count = 300_000;
        for (int bound = count; bound > 0; bound--)
        {
            _buckets.AddBucket(bound, bound);
        }

        Assert.True(_buckets.TryConvert(_histogram));

        Assert.Equal((ulong)count, _histogram.Count);
        Assert.Equal(count, _histogram.CustomValues.Length);
        Assert.Equal(1, _histogram.CustomValues[0]);
        Assert.Equal(count, _histogram.CustomValues[^1]);
    }

    [Fact]
    public void A_bucket_given_twice_is_one_when_both_say_the_same()
    {
        foreach (double bound in (double[])[2, 1, 2, double.PositiveInfinity, 1])
        {
            _buckets.AddBucket(bound, double.IsInfinity(bound) ? 7 : bound);
        }

        Assert.True(_buckets.TryConvert(_histogram));
        Assert.Equal([1, 2], _histogram.CustomValues);
        Assert.Equal(7UL, _histogram.Count);

        _buckets.Clear();
        _buckets.AddBucket(2, 2);
        _buckets.AddBucket(2, 3);
        Assert.False(_buckets.TryConvert(_histogram));
    }
}
