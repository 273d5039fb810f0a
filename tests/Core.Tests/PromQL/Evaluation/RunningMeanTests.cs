using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class RunningMeanTests
{
    [Theory]
    [InlineData(new double[] { 1 }, 1)]
    [InlineData(new[] { 1, 1e100, 1, -1e100 }, 0.5)]
    [InlineData(new[] { double.MaxValue, double.MaxValue }, double.MaxValue)]
    [InlineData(new[] { 0, double.PositiveInfinity, 0 }, double.PositiveInfinity)]
    [InlineData(new[] { double.PositiveInfinity, double.NegativeInfinity }, double.NaN)]
    public void The_mean_survives_cancellation_and_overflow(double[] values, double expected)
    {
        RunningMean mean = default;
        Assert.True(mean.IsEmpty);
        foreach (double value in values)
        {
            mean.Add(value);
        }

        Assert.Equal(expected, mean.Result);
    }

    [Fact]
    public void Many_equal_values_have_exactly_that_mean()
    {
        RunningMean mean = default;
        for (int count = 1; count <= 1000; count++)
        {
            mean.Add(0.1);
            Assert.Equal(0.1, mean.Result);
        }
    }
}
