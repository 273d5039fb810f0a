using AmpEdge.Agent.Cost;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Cost;

public sealed class DistinctCounterTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(10, 0)]
    [InlineData(100, 0.05)]
    [InlineData(1_000, 0.08)]
    [InlineData(100_000, 0.1)]
    [InlineData(3_000_000, 0.1)]
    public void The_count_is_near_the_truth_and_repetition_does_not_change_it(int values, double tolerance)
    {
        DistinctCounter counter = new();
        for (int round = 0; round < 2; round++)
        {
            for (int value = 0; value < values; value++)
            {
                counter.Add(XxHash64.Hash(BitConverter.GetBytes(value)));
            }
        }

        Assert.InRange(counter.Count, values * (1 - tolerance), values * (1 + tolerance));
    }

    [Fact]
    public void The_extreme_hashes_are_counted_too()
    {
        DistinctCounter counter = new();
        counter.Add(0);
        counter.Add(ulong.MaxValue);

        Assert.Equal(2, counter.Count);
    }
}
