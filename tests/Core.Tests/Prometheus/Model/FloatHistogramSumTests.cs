using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Model;

public class FloatHistogramSumTests
{
    [Fact]
    public void Buckets_meet_at_the_coarser_resolution()
    {
        FloatHistogram sum = Sum(
            "{{schema:0 count:6 sum:10 buckets:[1 2 3]}}", "{{schema:1 count:15 sum:20 buckets:[1 2 3 4 5] offset:-1}}");

        // At schema 1 the buckets -1 and 0 end at 1, 1 and 2 at 2, and 3 at 4 of schema 0.
        Assert.Equal(0, sum.Schema);
        Assert.Equal((21, 30), (sum.Count, sum.Sum));
        Assert.Equal([new HistogramSpan(0, 3)], sum.PositiveSpans);
        Assert.Equal([1 + 1 + 2, 2 + 3 + 4, 3 + 5], sum.PositiveBuckets);
    }

    [Fact]
    public void Spans_with_gaps_are_kept_apart()
    {
        FloatHistogram sum = Sum("{{buckets:[1 2] n_buckets:[5]}}", "{{buckets:[3] offset:4 n_buckets:[6] n_offset:1}}");
        Assert.Equal([new HistogramSpan(0, 2), new HistogramSpan(2, 1)], sum.PositiveSpans);
        Assert.Equal([1.0, 2, 3], sum.PositiveBuckets);
        Assert.Equal([new HistogramSpan(0, 2)], sum.NegativeSpans);
        Assert.Equal([5.0, 6], sum.NegativeBuckets);
    }

    [Fact]
    public void A_wider_zero_bucket_takes_in_what_lies_inside_and_grows_to_the_end_of_what_it_cuts()
    {
        // Of the buckets (0.5, 1], (1, 2] and (2, 4], a threshold of 1.5 takes in the first and cuts the second.
        FloatHistogram sum = Sum("{{z_bucket:1 buckets:[1 2 3]}}", "{{z_bucket:7 z_bucket_w:1.5}}");
        Assert.Equal(2, sum.ZeroThreshold);
        Assert.Equal(1 + 7 + 1 + 2, sum.ZeroCount);
        Assert.Equal([3.0], sum.PositiveBuckets);
        Assert.Equal([new HistogramSpan(2, 1)], sum.PositiveSpans);
    }

    [Theory]
    [InlineData("{{schema:-53 custom_values:[1 2]}}", "{{schema:0}}")]
    [InlineData("{{schema:-53 custom_values:[1 2]}}", "{{schema:-53 custom_values:[1 3]}}")]
    public void Buckets_of_different_kinds_cannot_be_added(string left, string right) =>
        Assert.False(FloatHistogramSum.TryCombine(Parse(left), Parse(right), 1, out _, out string? _));

    [Fact]
    public void Subtraction_undoes_addition()
    {
        FloatHistogram left = Parse("{{schema:-53 custom_values:[1 2] count:6 sum:9 buckets:[1 2 3]}}");
        FloatHistogram sum = Sum("{{schema:-53 custom_values:[1 2] count:6 sum:9 buckets:[1 2 3]}}",
            "{{schema:-53 custom_values:[1 2] count:2 sum:1 buckets:[2]}}");
        Assert.True(FloatHistogramSum.TryCombine(
            sum, Parse("{{schema:-53 custom_values:[1 2] count:2 sum:1 buckets:[2]}}"), -1, out FloatHistogram? back, out _));
        Assert.Equal(left.PositiveBuckets, back.PositiveBuckets);
        Assert.Equal((left.Count, left.Sum), (back.Count, back.Sum));
    }

    private static FloatHistogram Sum(string left, string right)
    {
        Assert.True(FloatHistogramSum.TryCombine(Parse(left), Parse(right), 1, out FloatHistogram? sum, out _));
        return sum;
    }

    private static FloatHistogram Parse(string text)
    {
        Assert.True(SeriesDescriptionParser.TryParse("{} " + text, out SeriesDescription? description, out _));
        FloatHistogram? histogram = description.Values[0].Histogram;
        Assert.NotNull(histogram);
        return histogram;
    }
}
