using System.Buffers;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Kestrel;

public sealed class BlockPoolTests
{
    [Theory]
    [InlineData(-1, BlockPool.SmallBytes)]
    [InlineData(0, BlockPool.SmallBytes)]
    [InlineData(BlockPool.SmallBytes, BlockPool.SmallBytes)]
    [InlineData(BlockPool.SmallBytes + 1, BlockPool.LargeBytes)]
    [InlineData(BlockPool.LargeBytes, BlockPool.LargeBytes)]
    public void A_block_is_as_small_as_what_is_asked_for_allows(int asked, int length)
    {
        using BlockPool pool = new();
        using IMemoryOwner<byte> block = pool.Rent(asked);

        Assert.Equal(length, block.Memory.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(BlockPool.LargeBytes + 1));
    }

    [Fact]
    public void What_is_given_back_is_used_again_and_twice_is_once()
    {
        using BlockPool pool = new();
        IMemoryOwner<byte> first = pool.Rent();
        first.Dispose();
        first.Dispose();

        using IMemoryOwner<byte> second = pool.Rent();
        using IMemoryOwner<byte> third = pool.Rent();
        Assert.Same(first, second);
        Assert.NotSame(first, third);
    }

    [Fact]
    public void After_a_burst_only_a_bound_is_kept()
    {
        using BlockPool pool = new();
        List<IMemoryOwner<byte>> burst = [];
        for (int count = 0; count < 1000; count++)
        {
            burst.Add(pool.Rent(BlockPool.LargeBytes));
        }

        HashSet<IMemoryOwner<byte>> known = [.. burst];
        burst.ForEach(block => block.Dispose());
        int kept = 0;
        for (int count = 0; count < 1000; count++)
        {
            kept += known.Contains(pool.Rent(BlockPool.LargeBytes)) ? 1 : 0;
        }

        Assert.Equal(128, kept);
    }
}
