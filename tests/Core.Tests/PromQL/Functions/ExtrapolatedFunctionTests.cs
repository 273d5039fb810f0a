using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class ExtrapolatedFunctionTests
{
    [Fact]
    public void Resets_are_added_as_when_every_sample_of_the_window_is_looked_at()
    {
        Gen gen = Gen.Create(99);
        for (int round = 0; round < 300; round++)
        {
            double[] values = new double[40];
            long[] timestamps = new long[40];
            for (int index = 1; index < values.Length; index++)
            {
                values[index] = gen.OneIn(4) ? gen.Int(5) : values[index - 1] + gen.Int(9);
                timestamps[index] = timestamps[index - 1] + 1 + gen.Int(1000);
            }

            ExtrapolatedFunction increase = new(isCounter: true, perSecond: false, new CounterNameHint(new AnnotationWriter(""), byType: false, 0));
            increase.BeginSeries(values);
            for (int first = 0; first < values.Length - 1; first += gen.Int(3))
            {
                int end = first + 2 + gen.Int(values.Length - first - 1);
                AssertIncrease(increase, timestamps, values, first, end, gen);
            }
        }
    }

    [Fact]
    public void One_sample_has_no_rate()
    {
        ExtrapolatedFunction rate = new(isCounter: true, perSecond: true, new CounterNameHint(new AnnotationWriter(""), byType: false, 0));
        rate.BeginSeries([5]);
        Window window = new([1000], [5], 0, 1000, 1000, 0, 1000);
        Assert.True(Missing.IsMissing(rate.Evaluate(in window)));
    }

    private static void AssertIncrease(
        ExtrapolatedFunction increase, long[] timestamps, double[] values, int first, int end, Gen gen)
    {
        // A window that begins right before its first sample and ends at its last is not extrapolated.
        long rangeMs = timestamps[end - 1] - timestamps[first] + 1;
        Window window = new(
            timestamps.AsSpan(first, end - first), values.AsSpan(first, end - first), first, timestamps[end - 1], rangeMs, 0, 0);
        double expected = values[end - 1] - values[first];
        for (int index = first + 1; index < end; index++)
        {
            expected += values[index] < values[index - 1] ? values[index - 1] : 0;
        }

        double sampled = (rangeMs - 1) / 1000.0;
        double toStart = Math.Min(0.001, expected > 0 ? sampled * values[first] / expected : 0.001);
        Assert.True(
            Math.Abs((expected * (sampled + toStart) / sampled) - increase.Evaluate(in window)) < 1e-9 * (1 + expected),
            $"{gen}: {string.Join(",", values[first..end])}");
    }
}
