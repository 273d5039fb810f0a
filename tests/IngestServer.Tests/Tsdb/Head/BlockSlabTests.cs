using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Head;

public sealed class BlockSlabTests
{
    [Fact]
    public void Blocks_keep_their_bytes_whatever_happens_around_them()
    {
        Gen gen = Gen.Create(51);
        BlockSlab slab = new();
        List<(BlockRef Block, int Length, byte Fill)> taken = [];
        for (int step = 0; step < 20_000; step++)
        {
            if (taken.Count > 0 && gen.Int(100) < (step < 10_000 ? 40 : 60))
            {
                int index = gen.Int(taken.Count);
                (BlockRef block, int length, byte fill) = taken[index];
                Assert.True(slab.Get(block, length).IndexOfAnyExcept(fill) < 0, gen.ToString());
                slab.Return(block);
                taken[index] = taken[^1];
                taken.RemoveAt(taken.Count - 1);
            }
            else
            {
                int length = gen.Int(20) switch { 0 => 1 + gen.Int(100_000), < 5 => 1 + gen.Int(5000), _ => 1 + gen.Int(300) };
                BlockRef block = slab.Take(length);
                byte fill = (byte)gen.Int(256);
                Assert.True(slab.Get(block).Length >= length, gen.ToString());
                slab.Get(block).Fill(fill);
                taken.Add((block, length, fill));
            }
        }

        Assert.All(taken, entry => Assert.True(slab.Get(entry.Block, entry.Length).IndexOfAnyExcept(entry.Fill) < 0));
    }

    [Fact]
    public void Memory_goes_back_when_the_blocks_of_a_page_do()
    {
        BlockSlab slab = new();
        List<BlockRef> blocks = [];
        for (int index = 0; index < 10_000; index++)
        {
            blocks.Add(slab.Take(100));
        }

        long held = slab.PageBytesHeld;
        Assert.InRange(held, 10_000 * 100, 10_000 * 130);
        blocks.ForEach(slab.Return);
        Assert.Equal(0, slab.UsedBytes);
        Assert.InRange(slab.PageBytesHeld, 0, 2 * 64 * 1024);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(256, 256)]
    [InlineData(257, 288)]
    [InlineData(16 * 1024, 16 * 1024)]
    [InlineData((16 * 1024) + 1, 32 * 1024)]
    public void A_request_is_rounded_up_a_little(int bytes, int block)
    {
        Assert.Equal(block, BlockSlab.RoundUp(bytes));
    }

    [Fact]
    public void Rounding_up_wastes_an_eighth_at_most()
    {
        for (int bytes = 129; bytes <= 16 * 1024; bytes++)
        {
            Assert.InRange(BlockSlab.RoundUp(bytes), bytes, bytes * 9 / 8);
        }
    }
}
