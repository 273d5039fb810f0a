using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Blocks;

public sealed class BlockWriterTests
{
    private readonly SortedDictionary<Labels, List<Sample>> _series = TestBlock.RandomSeries(Gen.Create(41), 30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_at_any_moment_leaves_a_whole_block_or_none(bool losesPower)
    {
        Gen gen = Gen.Create(42);
        int whole = 0;
        long changes = long.MaxValue;
        for (long crash = 1; crash <= changes; crash++)
        {
            FaultyFileSystem files = new() { CrashAtChange = crash };
            files.CreateFolder(TestBlock.Folder);
            try
            {
                Write(files);
                changes = files.Changes;
            }
            catch (SimulatedCrashException)
            {
                // What stands on the disk is what the next process finds.
            }

            if (losesPower)
            {
                files.CutPower(gen);
            }
            else
            {
                files.Kill();
            }

            Block.DeleteUnfinished(files, TestBlock.Folder);
            whole += Check(files, $"crash at change {crash}, {gen}");
        }

        Assert.True(whole >= 1, $"{whole} whole blocks after {changes} changes, {gen}");
    }

    [Fact]
    public void A_disk_that_fails_leaves_nothing_behind()
    {
        long size = 0;
        for (int failing = 0; failing < 40; failing++)
        {
            FaultyFileSystem files = new();
            files.CreateFolder(TestBlock.Folder);
            int countdown = failing;
            files.Syncing = () => files.FailingSyncs = countdown-- == 0 ? 1 : 0;
            Exception? failure = Record.Exception(() => Write(files));
            if (failure is null)
            {
                size = files.UsedBytes;
                break;
            }

            Assert.IsAssignableFrom<IOException>(failure);
            Assert.Empty(files.List(TestBlock.Folder));
        }

        Assert.True(size > 0, "no write went well");
        for (long capacity = 0; capacity < size; capacity += 1 + (size / 50))
        {
            FaultyFileSystem files = new() { CapacityBytes = capacity };
            files.CreateFolder(TestBlock.Folder);
            Assert.Throws<DiskFullException>(() => Write(files));
            Assert.Empty(files.List(TestBlock.Folder));
        }
    }

    [Fact]
    public void Series_out_of_order_and_chunks_without_one_are_refused()
    {
        using BlockWriter writer = BlockWriter.Create(new FaultyFileSystem(), TestBlock.Folder, TestBlock.Name);
        byte[] chunk = TestBlock.Encode([new Sample(1, 1)]);

        Assert.ThrowsAny<Exception>(() => writer.AddChunk(1, 1, ChunkEncoding.Xor, chunk));
        writer.BeginSeries(Labels.FromStrings("__name__", "b").Blob);
        writer.AddChunk(1, 1, ChunkEncoding.Xor, chunk);
        Assert.ThrowsAny<Exception>(() => writer.AddChunk(0, 0, ChunkEncoding.Xor, chunk));
        Assert.ThrowsAny<Exception>(() => writer.BeginSeries(Labels.FromStrings("__name__", "b").Blob));
        Assert.ThrowsAny<Exception>(() => writer.BeginSeries(Labels.FromStrings("__name__", "a").Blob));
    }

    private void Write(FaultyFileSystem files) =>
        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, _series, segmentBytes: 16 * 1024);

    /// <summary>1 for a whole block, 0 for none.</summary>
    private int Check(FaultyFileSystem files, string where)
    {
        if (!new List<string>(files.List(TestBlock.Folder)).Contains(TestBlock.Name.ToString()))
        {
            return 0;
        }

        Assert.True(
            Block.TryOpen(files, TestBlock.PathOf(TestBlock.Name), new PageCache(1 << 20), out Block? block, out BlockCorruptionException? corruption),
            $"{corruption?.Message} {where}");
        using (block)
        {
            Assert.Empty(block.Verify());
            Assert.True(TestBlock.Dump(_series) == TestBlock.Dump(block), where);
        }

        return 1;
    }
}
