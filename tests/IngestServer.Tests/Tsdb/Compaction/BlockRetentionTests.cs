using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Compaction;

public sealed class BlockRetentionTests
{
    private static readonly BlockExtent[] s_blocks =
    [
        new(0, 100, SizeBytes: 40), new(100, 200, SizeBytes: 30), new(200, 300, SizeBytes: 20), new(300, 320, SizeBytes: 10),
    ];

    [Theory]
    [InlineData(350, 1000, "")]
    [InlineData(350, 250, "0")]
    [InlineData(349, 250, "")]
    [InlineData(350, 150, "0 1")]
    [InlineData(350, 1, "0 1 2 3")]
    [InlineData(long.MinValue, 1, "")]
    public void A_block_goes_when_its_newest_sample_is_older_than_the_retention(long newestMs, int retentionMs, string places) =>
        Assert.Equal(
            places, string.Join(' ', BlockRetention.TooOld(s_blocks, newestMs, TimeSpan.FromMilliseconds(retentionMs))));

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(0, 100, "")]
    [InlineData(0, 99, "0")]
    [InlineData(1, 100, "0")]
    [InlineData(0, 60, "0")]
    [InlineData(0, 59, "0 1")]
    [InlineData(91, 100, "0 1 2 3")]
    public void The_oldest_blocks_go_until_the_rest_fits_beside_the_log(long logBytes, long maxBytes, string places) =>
        Assert.Equal(places, string.Join(' ', BlockRetention.TooMuch(s_blocks, logBytes, maxBytes)));
}
