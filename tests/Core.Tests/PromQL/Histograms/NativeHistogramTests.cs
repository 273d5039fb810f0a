using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;
using HistogramText = AmpEdge.PromQL.HistogramText;

namespace AmpEdge.Core.Tests.PromQL;

public class NativeHistogramTests
{
    private const string Positive = "{{schema:0 count:8 sum:20 buckets:[4 0 4] offset:1}}";
    private const string Custom = "{{schema:-53 count:10 sum:50 custom_values:[5 10] buckets:[2 4 4]}}";

    [Theory]
    [InlineData(Positive, 0, 1)]
    [InlineData(Positive, 0.25, 1.4142135623730951)]
    [InlineData(Positive, 0.5, 4)]
    [InlineData(Positive, 1, 8)]
    [InlineData(Positive, -1, double.NegativeInfinity)]
    [InlineData(Positive, 2, double.PositiveInfinity)]
    [InlineData(Positive, double.NaN, double.NaN)]
    [InlineData("{{}}", 0.5, double.NaN)]
    [InlineData("{{count:4 z_bucket:4 z_bucket_w:2}}", 0.25, -1)]
    [InlineData("{{count:8 z_bucket:4 z_bucket_w:2 buckets:[4] offset:3}}", 0.25, 1)]
    [InlineData("{{count:8 z_bucket:4 z_bucket_w:2 n_buckets:[4] n_offset:3}}", 0.75, -1)]
    [InlineData("{{count:4 sum:-6 n_buckets:[4] n_offset:1}}", 0.5, -1.4142135623730951)]
    [InlineData(Custom, 0.1, 2.5)]
    [InlineData(Custom, 0.4, 7.5)]
    [InlineData(Custom, 0.9, 10)]
    [InlineData("{{schema:-53 count:2 custom_values:[-5] buckets:[2]}}", 0.5, -5)]
    public void A_quantile_is_interpolated_within_its_bucket(string text, double quantile, double expected)
    {
        double value = NativeHistogram.Quantile(quantile, HistogramTexts.Parse(text), out NanObservations nan);
        Assert.Equal(NanObservations.None, nan);
        Assert.True(value.Equals(expected) || Math.Abs(value - expected) < 1e-12, $"{value}");
    }

    [Theory]
    [InlineData(0.1, 1.4142135623730951, "Skew")]
    [InlineData(0.9, double.NaN, "Result")]
    public void Observations_of_NaN_count_as_greatest_and_are_told(double quantile, double expected, string nan)
    {
        FloatHistogram histogram = HistogramTexts.Parse("{{count:10 sum:NaN buckets:[2] offset:1}}");
        double value = NativeHistogram.Quantile(quantile, histogram, out NanObservations told);
        Assert.Equal((expected, nan), (Math.Round(value, 12) == Math.Round(expected, 12) ? expected : value, told.ToString()));
    }

    [Theory]
    [InlineData(Positive, double.NegativeInfinity, double.PositiveInfinity, 1)]
    [InlineData(Positive, 1, 2, 0.5)]
    [InlineData(Positive, 2, 4, 0)]
    [InlineData(Positive, 0, 1.4142135623730951, 0.25)]
    [InlineData(Positive, 4, 1, 0)]
    [InlineData(Custom, 0, 7.5, 0.4)]
    [InlineData(Custom, 10, double.PositiveInfinity, 0.4)]
    [InlineData("{{}}", 0, 1, double.NaN)]
    public void A_fraction_is_the_share_between_two_values(string text, double lower, double upper, double expected) =>
        Assert.Equal(expected, NativeHistogram.Fraction(lower, upper, HistogramTexts.Parse(text), out _), 1e-12);

    [Fact]
    public void A_fraction_undoes_a_quantile()
    {
        Gen gen = Gen.Create(77);
        for (int round = 0; round < 500; round++)
        {
            FloatHistogram histogram = RandomFloatHistograms.Exponential(gen);
            double quantile = (1 + gen.Int(98)) / 100.0;
            double value = NativeHistogram.Quantile(quantile, histogram, out _);
            double fraction = NativeHistogram.Fraction(double.NegativeInfinity, value, histogram, out _);

            // On the edge of a gap both ends of it are the quantile.
            Assert.True(
                histogram.Count == 0 || Math.Abs(fraction - quantile) < 1e-9,
                $"{gen}, round {round}: {HistogramText.Of(histogram)}: {quantile} is {value} is {fraction}");
        }
    }

    [Theory]
    [InlineData("{{count:4 sum:0 z_bucket:4 z_bucket_w:1}}", 0)]
    [InlineData("{{schema:-53 count:4 sum:20 custom_values:[0 10] buckets:[0 4]}}", 0)]
    [InlineData("{{schema:-53 count:4 sum:40 custom_values:[0 10 20] buckets:[0 2 2]}}", 25)]
    [InlineData("{{count:4 sum:5.656854249492381 buckets:[4] offset:1}}", 0)]
    public void The_variance_takes_observations_to_be_in_the_middle_of_their_buckets(string text, double expected) =>
        Assert.Equal(expected, NativeHistogram.Variance(HistogramTexts.Parse(text)), 1e-12);
}
