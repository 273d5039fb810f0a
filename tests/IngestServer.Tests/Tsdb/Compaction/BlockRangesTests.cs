using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Compaction;

public sealed class BlockRangesTests
{
    [Theory]
    [InlineData(2, 1, "2")]
    [InlineData(2, 15, "2 6 18")]
    [InlineData(2, 150, "2 6 18 54 162")]
    [InlineData(2, 310, "2 6 18 54 162 486")]
    [InlineData(2, 1095, "2 6 18 54 162 486")]
    [InlineData(1, 15, "1 3 9 27")]
    public void Ranges_grow_by_three_up_to_a_tenth_of_the_retention_and_a_month(
        int blockHours, int retentionDays, string rangeHours)
    {
        long[] ranges = BlockRanges.For(TimeSpan.FromHours(blockHours), TimeSpan.FromDays(retentionDays));
        Assert.Equal(rangeHours, string.Join(' ', Array.ConvertAll(ranges, range => range / TimeSpan.MillisecondsPerHour)));
    }

    [Theory]
    [InlineData(0, 0, 20)]
    [InlineData(19, 0, 20)]
    [InlineData(20, 20, 40)]
    [InlineData(-1, -20, 0)]
    [InlineData(-20, -20, 0)]
    [InlineData(-21, -40, -20)]
    public void A_time_lies_in_one_range(long timestampMs, long startMs, long endMs)
    {
        Assert.Equal(startMs, BlockRanges.StartOf(timestampMs, 20));
        Assert.Equal(endMs, BlockRanges.EndOf(timestampMs, 20));
    }

    [Fact]
    public void The_last_range_ends_with_time() => Assert.Equal(long.MaxValue, BlockRanges.EndOf(long.MaxValue - 1, 7_200_000));
}
