using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Blocks;

public sealed class PageCacheTests
{
    [Fact]
    public void The_cache_stays_within_its_bound_and_answers_the_same_when_it_is_too_small()
    {
        Gen gen = Gen.Create(61);
        FaultyFileSystem files = new();
        SortedDictionary<Labels, List<Sample>> series = TestBlock.RandomSeries(gen, 400, maxSamples: 700);
        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, series);
        PageCache cache = new(capacityBytes: 0);
        using Block block = TestBlock.Open(files, TestBlock.Name, cache);

        Assert.True(block.SizeBytes > cache.CapacityBytes, $"{block.SizeBytes} bytes, {gen}");
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(TestBlock.Dump(series), TestBlock.Dump(block));
            Assert.InRange(cache.Bytes, 1, cache.CapacityBytes);
        }
    }

    [Fact]
    public void What_is_in_the_cache_is_not_read_again()
    {
        Gen gen = Gen.Create(62);
        FaultyFileSystem files = new();
        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, TestBlock.RandomSeries(gen, 100));
        PageCache cache = new(64 << 20);
        using Block block = TestBlock.Open(files, TestBlock.Name, cache);
        string first = TestBlock.Dump(block);
        long read = files.ReadBytes;
        long misses = cache.Misses;

        Assert.Equal(first, TestBlock.Dump(block));
        Assert.Equal(read, files.ReadBytes);
        Assert.Equal(misses, cache.Misses);
        Assert.True(cache.Hits > misses);
    }

    [Fact]
    public void A_block_that_is_read_stays_open_until_its_last_reader_leaves()
    {
        FaultyFileSystem files = new();
        SortedDictionary<Labels, List<Sample>> series = TestBlock.RandomSeries(Gen.Create(63), 20);
        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, series);
        Block block = TestBlock.Open(files, TestBlock.Name);

        Assert.True(block.TryHold());
        block.Dispose();
        block.Dispose();
        Assert.Equal(TestBlock.Dump(series), TestBlock.Dump(block));
        Assert.False(block.IsClosed);
        block.Release();

        Assert.True(block.IsClosed);
        Assert.False(block.TryHold());
    }
}
