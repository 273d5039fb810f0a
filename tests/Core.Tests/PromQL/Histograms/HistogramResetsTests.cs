using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class HistogramResetsTests
{
    [Theory]
    [InlineData("{{count:3 buckets:[1 2]}}", "{{count:3 buckets:[1 2]}}", false)]
    [InlineData("{{count:3 buckets:[1 2]}}", "{{count:4 buckets:[2 2]}}", false)]
    [InlineData("{{count:3 buckets:[1 2]}}", "{{count:2 buckets:[1 2]}}", true)]
    [InlineData("{{count:3 buckets:[1 2]}}", "{{count:4 buckets:[3 1]}}", true)]
    [InlineData("{{count:3 buckets:[1 2]}}", "{{count:4 buckets:[4]}}", true)]
    [InlineData("{{count:3 buckets:[1 2 0]}}", "{{count:4 buckets:[2 2]}}", false)]
    [InlineData("{{count:3 n_buckets:[1 2]}}", "{{count:4 n_buckets:[4]}}", true)]
    [InlineData("{{count:3 z_bucket:3}}", "{{count:4 z_bucket:2 buckets:[2]}}", true)]
    public void A_count_that_falls_is_a_reset(string previous, string current, bool expected) =>
        Assert.Equal(expected, IsReset(previous, current));

    [Theory]
    [InlineData("{{schema:1 count:3 buckets:[1 2] offset:1}}", "{{schema:0 count:3 buckets:[3] offset:1}}", false)]
    [InlineData("{{schema:1 count:3 buckets:[1 2] offset:1}}", "{{schema:0 count:4 buckets:[2 2] offset:1}}", true)]
    [InlineData("{{schema:0 count:3 buckets:[3] offset:1}}", "{{schema:1 count:3 buckets:[1 2] offset:1}}", true)]
    [InlineData("{{schema:0}}", "{{schema:-53}}", true)]
    [InlineData("{{schema:-53}}", "{{schema:0}}", true)]
    public void Only_a_finer_resolution_is_a_reset(string previous, string current, bool expected) =>
        Assert.Equal(expected, IsReset(previous, current));

    [Theory]
    [InlineData("{{count:6 z_bucket:1 z_bucket_w:0.5 buckets:[2 3]}}", "{{count:6 z_bucket:3 z_bucket_w:1 buckets:[0 3]}}", false)]
    [InlineData("{{count:6 z_bucket:1 z_bucket_w:0.5 buckets:[2 3]}}", "{{count:6 z_bucket:2 z_bucket_w:1 buckets:[0 4]}}", true)]
    [InlineData("{{count:6 z_bucket:1 z_bucket_w:0.5 buckets:[2 3]}}", "{{count:6 z_bucket:3 z_bucket_w:1.5 buckets:[0 3]}}", true)]
    [InlineData("{{z_bucket_w:1}}", "{{z_bucket_w:0.5}}", true)]
    public void A_wider_zero_bucket_takes_in_buckets_and_may_not_cut_one(string previous, string current, bool expected) =>
        Assert.Equal(expected, IsReset(previous, current));

    [Theory]
    [InlineData("{{schema:-53 count:3 custom_values:[1 2 3] buckets:[1 1 1]}}", "{{schema:-53 count:3 custom_values:[1 3] buckets:[1 2]}}", false)]
    [InlineData("{{schema:-53 count:3 custom_values:[1 2 3] buckets:[1 1 1]}}", "{{schema:-53 count:3 custom_values:[1 3] buckets:[2 1]}}", true)]
    [InlineData("{{schema:-53 count:3 custom_values:[1] buckets:[1 2]}}", "{{schema:-53 count:3 custom_values:[2] buckets:[1 2]}}", false)]
    public void Of_custom_bounds_those_count_that_both_have(string previous, string current, bool expected) =>
        Assert.Equal(expected, IsReset(previous, current));

    [Theory]
    [InlineData("reset", true)]
    [InlineData("not_reset", false)]
    public void What_a_histogram_says_of_itself_wins(string hint, bool expected)
    {
        Assert.Equal(expected, IsReset("{{count:1}}", $"{{{{count:2 counter_reset_hint:{hint}}}}}"));
        Assert.Equal(expected, IsReset("{{count:2}}", $"{{{{count:1 counter_reset_hint:{hint}}}}}"));
    }

    private static bool IsReset(string previous, string current) =>
        HistogramResets.IsReset(HistogramTexts.Parse(current), HistogramTexts.Parse(previous));
}
