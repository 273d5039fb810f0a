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
    public void A_scan_in_one_share_does_not_drive_out_what_another_one_reads_again()
    {
        PageCache whole = new(64 * PageCache.PageBytes, new ManualTime());
        using PagedFile dashboard = FileOf(whole.NewShare(), pages: 24);
        using PagedFile scanned = FileOf(whole.NewShare(), pages: 400);
        ReadAll(dashboard);
        ReadAll(dashboard);
        ReadAll(scanned);
        ReadAll(scanned);
        long misses = whole.Misses;
        ReadAll(dashboard);

        // A stripe may have got more than its part of them.
        Assert.InRange(whole.Misses - misses, 0, 6);
        Assert.InRange(whole.Bytes, 1, whole.CapacityBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_share_that_is_not_used_any_more_makes_room(bool isEnded)
    {
        ManualTime time = new();
        PageCache whole = new(64 * PageCache.PageBytes, time);
        PageCache former = whole.NewShare();
        using PagedFile old = FileOf(former, pages: 200);
        using PagedFile busy = FileOf(whole.NewShare(), pages: 48);
        ReadAll(old);
        if (isEnded)
        {
            former.EndShare();
        }

        for (int round = 0; round < 6; round++)
        {
            ReadAll(busy);
            time.Advance(isEnded ? TimeSpan.Zero : TimeSpan.FromMinutes(6));
        }

        long misses = whole.Misses;
        ReadAll(busy);
        Assert.InRange(whole.Misses - misses, 0, 8);
    }

    private static PagedFile FileOf(PageCache cache, int pages)
    {
        FaultyFileSystem files = new();
        files.CreateFolder("/pages");
        files.SetContent("/pages/file", new byte[pages * PageCache.PageBytes]);
        return new PagedFile(cache, files.OpenRead("/pages/file"), "/pages/file");
    }

    private static void ReadAll(PagedFile file)
    {
        byte[] scratch = [];
        for (long offset = 0; offset < file.Length; offset += PageCache.PageBytes)
        {
            file.Read(offset, 8, ref scratch);
        }
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
