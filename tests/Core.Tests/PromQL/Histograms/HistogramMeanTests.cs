using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;
using HistogramText = AmpEdge.PromQL.HistogramText;

namespace AmpEdge.Core.Tests.PromQL;

public class HistogramMeanTests
{
    [Fact]
    public void Sums_that_would_overflow_still_have_a_mean()
    {
        HistogramMean mean = new();
        mean.Load(HistogramTexts.Parse("{{count:1.5e308 sum:1e308 buckets:[1.5e308]}}"));
        mean.Add(HistogramTexts.Parse("{{count:1.5e308 sum:1e308 buckets:[1.5e308]}}"));
        mean.Add(HistogramTexts.Parse("{{count:0.9e308 sum:1e308 buckets:[0.9e308]}}"));
        FloatHistogram result = mean.ToHistogram(compact: true);
        Assert.Equal(1.3, result.Count / 1e308, 1e-12);
        Assert.Equal(1, result.Sum / 1e308, 1e-12);
        Assert.Equal(1.3, result.PositiveBuckets[0] / 1e308, 1e-12);
    }

    [Fact]
    public void The_mean_is_the_sum_divided_whatever_the_order()
    {
        Gen gen = Gen.Create(5150);
        for (int round = 0; round < 200; round++)
        {
            FloatHistogram[] histograms = new FloatHistogram[2 + gen.Int(6)];
            for (int index = 0; index < histograms.Length; index++)
            {
                histograms[index] = RandomFloatHistograms.Exponential(gen);
            }

            FloatHistogram forward = MeanOf(histograms);
            Array.Reverse(histograms);
            FloatHistogram backward = MeanOf(histograms);
            HistogramAccumulator sum = new(compensated: true);
            sum.Load(histograms[0]);
            foreach (FloatHistogram histogram in histograms.AsSpan(1))
            {
                sum.Add(histogram);
            }

            sum.Divide(histograms.Length);
            Assert.True(
                HistogramComparison.NearlyEqual(forward, backward, compareHint: false)
                    && HistogramComparison.NearlyEqual(forward, sum.ToHistogram(compact: true), compareHint: false),
                $"{gen}, round {round}: {HistogramText.Of(forward)}, {HistogramText.Of(backward)}");
        }
    }

    private static FloatHistogram MeanOf(FloatHistogram[] histograms)
    {
        HistogramMean mean = new();
        mean.Load(histograms[0]);
        foreach (FloatHistogram histogram in histograms.AsSpan(1))
        {
            mean.Add(histogram);
        }

        return mean.ToHistogram(compact: true);
    }
}
