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
    public void A_shared_block_is_used_again_once_all_of_its_owners_have_given_it_back()
    {
        using BlockPool pool = new();
        IMemoryOwner<byte> block = pool.Rent(BlockPool.LargeBytes);
        block.Memory.Span[100] = 42;
        IMemoryOwner<byte> first = BlockPool.Share(block.Memory[100..200]);
        IMemoryOwner<byte> second = BlockPool.Share(block.Memory[7..]);
        block.Dispose();
        block.Dispose();
        first.Dispose();
        first.Dispose();

        using IMemoryOwner<byte> other = pool.Rent(BlockPool.LargeBytes);
        Assert.NotSame(block, other);
        Assert.Equal(42, second.Memory.Span[100]);
        second.Dispose();
        using IMemoryOwner<byte> again = pool.Rent(BlockPool.LargeBytes);
        Assert.Same(block, again);
    }

    [Fact]
    public void Bytes_know_how_much_room_is_behind_them_in_a_large_block()
    {
        using BlockPool pool = new();
        using IMemoryOwner<byte> large = pool.Rent(BlockPool.LargeBytes);
        using IMemoryOwner<byte> small = pool.Rent();

        Assert.Equal(BlockPool.LargeBytes - 300, BlockPool.RoomBehind(large.Memory[100..300]));
        Assert.Equal(0, BlockPool.RoomBehind(large.Memory[1..]));
        Assert.True(BlockPool.RoomBehind(small.Memory[..10]) < 0);
        Assert.True(BlockPool.RoomBehind(new byte[BlockPool.LargeBytes]) < 0);
        Assert.Throws<ArgumentException>(() => BlockPool.Share(new byte[10]));
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
