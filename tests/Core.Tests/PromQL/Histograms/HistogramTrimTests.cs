using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;
using HistogramText = AmpEdge.PromQL.HistogramText;

namespace AmpEdge.Core.Tests.PromQL;

public class HistogramTrimTests
{
    private const string Exponential =
        "{{schema:0 count:15 sum:20 z_bucket:1 z_bucket_w:0.5 buckets:[2 3 4] n_buckets:[5]}}";

    private const string Custom = "{{schema:-53 count:10 sum:50 custom_values:[5 10] buckets:[1 4 5]}}";

    [Theory]
    [InlineData(Exponential, double.PositiveInfinity, true)]
    [InlineData(Exponential, double.NegativeInfinity, false)]
    [InlineData(Exponential, -1, false)]
    [InlineData(Exponential, 4, true)]
    [InlineData(Custom, double.NegativeInfinity, false)]
    public void What_cuts_nothing_off_leaves_the_histogram_as_it_is(string text, double value, bool keepBelow)
    {
        FloatHistogram histogram = HistogramTexts.Parse(text);
        Assert.Same(histogram, HistogramTrim.Of(histogram, value, keepBelow));
    }

    [Theory]
    [InlineData(Exponential, 2, true, 11)]
    [InlineData(Exponential, 2, false, 4)]
    [InlineData(Exponential, 0, true, 5.5)]
    [InlineData(Exponential, 0, false, 9.5)]
    [InlineData(Exponential, -2, true, 0)]
    [InlineData(Exponential, 5, false, 0)]
    [InlineData(Custom, 5, true, 1)]
    [InlineData(Custom, 7.5, true, 3)]
    [InlineData(Custom, 7.5, false, 7)]
    [InlineData(Custom, 2.5, true, 0.5)]
    [InlineData(Custom, 20, true, 5)]
    [InlineData(Custom, 20, false, 5)]
    public void The_bucket_that_is_cut_is_divided(string text, double value, bool keepBelow, double count) =>
        Assert.Equal(count, HistogramTrim.Of(HistogramTexts.Parse(text), value, keepBelow).Count, 1e-12);

    [Fact]
    public void Both_sides_of_a_cut_make_the_whole_where_all_buckets_have_ends()
    {
        Gen gen = Gen.Create(713);
        for (int round = 0; round < 500; round++)
        {
            FloatHistogram histogram = RandomFloatHistograms.Exponential(gen);
            double value = (gen.Int(200) - 100) / 10.0;
            FloatHistogram below = HistogramTrim.Of(histogram, value, keepBelow: true);
            FloatHistogram above = HistogramTrim.Of(histogram, value, keepBelow: false);
            Assert.True(
                Math.Abs(below.Count + above.Count - histogram.Count) < 1e-9 * (1 + histogram.Count),
                $"{gen}, round {round}: {HistogramText.Of(histogram)} at {value}");
        }
    }

    [Fact]
    public void A_cut_agrees_with_the_fraction_below()
    {
        Gen gen = Gen.Create(714);
        for (int round = 0; round < 500; round++)
        {
            FloatHistogram histogram = RandomFloatHistograms.Exponential(gen);
            double value = (gen.Int(200) - 100) / 10.0;
            double fraction = NativeHistogram.Fraction(double.NegativeInfinity, value, histogram, out _);
            double below = HistogramTrim.Of(histogram, value, keepBelow: true).Count;
            Assert.True(
                histogram.Count == 0 || Math.Abs((fraction * histogram.Count) - below) < 1e-9 * (1 + histogram.Count),
                $"{gen}, round {round}: {HistogramText.Of(histogram)} at {value}: {fraction * histogram.Count}, {below}");
        }
    }
}
