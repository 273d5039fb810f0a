using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class HistogramAccumulatorTests
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
    public void Buckets_that_come_later_take_their_places_between_those_that_are_there()
    {
        HistogramAccumulator sum = Loaded("{{buckets:[1 0 0 2] offset:2}}");
        sum.Add(HistogramTexts.Parse("{{buckets:[3 0 4] offset:-1}}"));
        sum.Add(HistogramTexts.Parse("{{buckets:[5 6] offset:3}}"));
        FloatHistogram result = sum.ToHistogram(compact: true);
        Assert.Equal([new HistogramSpan(-1, 1), new HistogramSpan(1, 5)], result.PositiveSpans);
        Assert.Equal([3.0, 4, 1, 5, 6, 2], result.PositiveBuckets);
    }

    [Fact]
    public void A_wider_zero_bucket_takes_in_what_lies_inside_and_grows_to_the_end_of_what_it_cuts()
    {
        // Of the buckets (0.5, 1], (1, 2] and (2, 4], a threshold of 1.5 takes in the first and cuts the second.
        foreach (bool turned in (bool[])[false, true])
        {
            string narrow = "{{z_bucket:1 buckets:[1 2 3]}}";
            string wide = "{{z_bucket:7 z_bucket_w:1.5}}";
            FloatHistogram sum = turned ? Sum(wide, narrow) : Sum(narrow, wide);
            Assert.Equal(2, sum.ZeroThreshold);
            Assert.Equal(1 + 7 + 1 + 2, sum.ZeroCount);
            Assert.Equal([3.0], sum.PositiveBuckets);
            Assert.Equal([new HistogramSpan(2, 1)], sum.PositiveSpans);
        }
    }

    [Fact]
    public void Exponential_and_custom_buckets_cannot_be_added()
    {
        HistogramAccumulator sum = Loaded("{{schema:-53 custom_values:[1 2]}}");
        Assert.Equal(HistogramCombination.Incompatible, sum.Add(HistogramTexts.Parse("{{schema:0}}")));
    }

    [Fact]
    public void Of_different_custom_bounds_those_are_left_that_both_have()
    {
        HistogramAccumulator sum = Loaded("{{schema:-53 custom_values:[1 2 5] count:10 buckets:[1 2 3 4]}}");
        FloatHistogram other = HistogramTexts.Parse("{{schema:-53 custom_values:[2 3 5] count:26 buckets:[5 6 7 8]}}");
        Assert.Equal(HistogramCombination.BoundsReconciled, sum.Add(other));
        FloatHistogram result = sum.ToHistogram(compact: true);
        Assert.Equal([2.0, 5], result.CustomValues);
        Assert.Equal([1 + 2 + 5.0, 3 + 6 + 7, 4 + 8], result.PositiveBuckets);
    }

    [Theory]
    [InlineData("reset", "not_reset", "Unknown", true)]
    [InlineData("reset", "reset", "Reset", false)]
    [InlineData("unknown", "not_reset", "Unknown", false)]
    [InlineData("not_reset", "unknown", "Unknown", false)]
    [InlineData("gauge", "reset", "Gauge", false)]
    [InlineData("not_reset", "gauge", "Gauge", false)]
    public void What_is_known_of_resets_is_kept_as_far_as_both_agree(string left, string right, string sum, bool collide)
    {
        HistogramAccumulator accumulator = Loaded($"{{{{counter_reset_hint:{left}}}}}");
        HistogramCombination noticed = accumulator.Add(HistogramTexts.Parse($"{{{{counter_reset_hint:{right}}}}}"));
        Assert.Equal(sum, accumulator.Hint.ToString());
        Assert.Equal(collide, noticed == HistogramCombination.ResetsCollide);
    }

    [Fact]
    public void What_rounding_loses_is_kept_when_that_is_wanted()
    {
        HistogramAccumulator sum = new(compensated: true);
        sum.Load(HistogramTexts.Parse("{{sum:1e16 count:1e16 buckets:[1e16]}}"));
        for (int round = 0; round < 100; round++)
        {
            sum.Add(HistogramTexts.Parse("{{sum:1 count:1 buckets:[1]}}"));
        }

        FloatHistogram result = sum.ToHistogram(compact: true);
        Assert.Equal((1e16 + 100, 1e16 + 100, 1e16 + 100), (result.Sum, result.Count, result.PositiveBuckets[0]));
    }

    [Fact]
    public void Subtraction_undoes_addition()
    {
        FloatHistogram left = HistogramTexts.Parse("{{schema:-53 custom_values:[1 2] count:6 sum:9 buckets:[1 2 3]}}");
        FloatHistogram right = HistogramTexts.Parse("{{schema:-53 custom_values:[1 2] count:2 sum:1 buckets:[2]}}");
        HistogramAccumulator sum = new(compensated: false);
        sum.Load(left);
        sum.Add(right);
        sum.Add(right, factor: -1);
        FloatHistogram back = sum.ToHistogram(compact: true);
        Assert.Equal(left.PositiveBuckets, back.PositiveBuckets);
        Assert.Equal((left.Count, left.Sum), (back.Count, back.Sum));
    }

    private static FloatHistogram Sum(string left, string right)
    {
        HistogramAccumulator sum = Loaded(left);
        Assert.False(sum.Add(HistogramTexts.Parse(right)).HasFlag(HistogramCombination.Incompatible));
        return sum.ToHistogram(compact: true);
    }

    private static HistogramAccumulator Loaded(string text)
    {
        HistogramAccumulator sum = new(compensated: false);
        sum.Load(HistogramTexts.Parse(text));
        return sum;
    }
}
