using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace AmpEdge.Hosting;

/// <summary>
/// Blocks of two sizes for what connections and bodies hold for a moment: 4 KiB for heads and small messages, 64 KiB for whatever
/// comes in bulk. What is given back beyond a bound goes to the collector, so that one large burst is not held for ever.
/// </summary>
public sealed class BlockPool : MemoryPool<byte>
{
    public const int SmallBytes = 4 << 10;
    public const int LargeBytes = 64 << 10;

    // 2 MiB and 8 MiB: what five hundred connections and eight bodies of a MiB need again at once.
    private const int MaxKeptSmall = 512;
    private const int MaxKeptLarge = 128;

    private readonly BlockShelf _small = new(SmallBytes, MaxKeptSmall);
    private readonly BlockShelf _large = new(LargeBytes, MaxKeptLarge);

    /// <summary>The one of this process.</summary>
    public static new BlockPool Shared { get; } = new();

    public override int MaxBufferSize => LargeBytes;

    /// <summary>A block of 4 KiB, or of 64 KiB when more is asked for. Disposing it gives it back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 64 KiB are asked for.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, LargeBytes);
        return (minBufferSize <= SmallBytes ? _small : _large).Take();
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing that the collector would not free: blocks on their way come back to shelves that nobody reads.
    }

    /// <summary>The unused blocks of one size.</summary>
    private sealed class BlockShelf(int blockBytes, int maxKept)
    {
        private readonly ConcurrentQueue<Block> _kept = new();
        private int _count;

        public Block Take()
        {
            if (!_kept.TryDequeue(out Block? block))
            {
                return new Block(this, blockBytes);
            }

            Interlocked.Decrement(ref _count);
            block.TakeOut();
            return block;
        }

        public void GiveBack(Block block)
        {
            if (Interlocked.Increment(ref _count) <= maxKept)
            {
                _kept.Enqueue(block);
            }
            else
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    /// <summary>Pinned, so that reading from a socket into it costs no pin of its own.</summary>
    private sealed class Block(BlockShelf shelf, int length) : IMemoryOwner<byte>
    {
        private int _isRented = 1;

        public Memory<byte> Memory { get; } =
            MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(length, pinned: true), 0, length);

        public void TakeOut() => Volatile.Write(ref _isRented, 1);

        public void Dispose()
        {
            // Given back twice, it would have two owners.
            if (Interlocked.Exchange(ref _isRented, 0) == 0)
            {
                return;
            }

#if DEBUG
            // A stale read shows in tests.
            Memory.Span.Fill(0xDD);
#endif
            shelf.GiveBack(this);
        }
    }
}
