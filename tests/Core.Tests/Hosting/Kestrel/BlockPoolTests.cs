using System.Buffers;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Kestrel;

public sealed class BlockPoolTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(-1, BlockPool.SmallBytes)]
    [InlineData(0, BlockPool.SmallBytes)]
    [InlineData(BlockPool.SmallBytes, BlockPool.SmallBytes)]
    [InlineData(BlockPool.SmallBytes + 1, BlockPool.LargeBytes)]
    [InlineData(BlockPool.LargeBytes, BlockPool.LargeBytes)]
    public void A_block_is_as_small_as_what_is_asked_for_allows(int asked, int length)
    {
        using BlockPool pool = new(_time);
        using IMemoryOwner<byte> block = pool.Rent(asked);

        Assert.Equal(length, block.Memory.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(BlockPool.LargeBytes + 1));
    }

    [Fact]
    public void What_is_given_back_is_used_again_and_twice_is_once()
    {
        using BlockPool pool = new(_time);
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
        using BlockPool pool = new(_time);
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
        using BlockPool pool = new(_time);
        using IMemoryOwner<byte> large = pool.Rent(BlockPool.LargeBytes);
        using IMemoryOwner<byte> small = pool.Rent();

        Assert.Equal(BlockPool.LargeBytes - 300, BlockPool.RoomBehind(large.Memory[100..300]));
        Assert.Equal(0, BlockPool.RoomBehind(large.Memory[1..]));
        Assert.True(BlockPool.RoomBehind(small.Memory[..10]) < 0);
        Assert.True(BlockPool.RoomBehind(new byte[BlockPool.LargeBytes]) < 0);
        Assert.Throws<ArgumentException>(() => BlockPool.Share(new byte[10]));
    }

    [Fact]
    public void What_nobody_needs_for_a_minute_is_given_up_and_what_is_in_use_stays()
    {
        using BlockPool pool = new(_time);
        List<IMemoryOwner<byte>> burst = [];
        for (int count = 0; count < 40; count++)
        {
            burst.Add(pool.Rent(BlockPool.LargeBytes));
        }

        HashSet<IMemoryOwner<byte>> known = [.. burst];
        burst.ForEach(block => block.Dispose());
        _time.Advance(TimeSpan.FromMinutes(1));
        RentAndReturn(pool, 3);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(3, Kept(pool, known, 40));
    }

    [Fact]
    public void After_a_burst_only_a_bound_is_kept()
    {
        using BlockPool pool = new(_time);
        List<IMemoryOwner<byte>> burst = [];
        for (int count = 0; count < 1000; count++)
        {
            burst.Add(pool.Rent(BlockPool.LargeBytes));
        }

        HashSet<IMemoryOwner<byte>> known = [.. burst];
        burst.ForEach(block => block.Dispose());

        Assert.Equal(192, Kept(pool, known, 1000));
    }

    private static void RentAndReturn(BlockPool pool, int count)
    {
        List<IMemoryOwner<byte>> taken = [];
        for (; count > 0; count--)
        {
            taken.Add(pool.Rent(BlockPool.LargeBytes));
        }

        taken.ForEach(block => block.Dispose());
    }

    /// <summary>How many of these blocks are among those that are rented next.</summary>
    private static int Kept(BlockPool pool, HashSet<IMemoryOwner<byte>> known, int count)
    {
        int kept = 0;
        for (; count > 0; count--)
        {
            kept += known.Contains(pool.Rent(BlockPool.LargeBytes)) ? 1 : 0;
        }

        return kept;
    }
}
