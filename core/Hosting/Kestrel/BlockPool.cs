using System.Buffers;
using System.Runtime.InteropServices;

namespace AmpEdge.Hosting;

/// <summary>
/// Blocks of two sizes for what connections and bodies hold for a moment: 4 KiB for heads and small messages, 64 KiB for whatever
/// comes in bulk. What is given back beyond a bound goes to the collector, and so does what was not needed for a minute.
/// </summary>
public sealed class BlockPool : MemoryPool<byte>
{
    public const int SmallBytes = 4 << 10;
    public const int LargeBytes = 64 << 10;

    // 2 MiB and 12 MiB: what five hundred connections need again at once, and eight bodies of a MiB with what is read ahead of them. Fewer
    // cost more memory, not less: what is left to the collector lies about until it looks at the oldest generation.
    private const int MaxKeptSmall = 512;
    private const int MaxKeptLarge = 192;

    // Less is not worth a collection.
    private const long MinReturnedBytes = 1 << 20;

    // Longer than the pause between two writes of a Prometheus.
    private static readonly TimeSpan s_unusedTime = TimeSpan.FromMinutes(1);

    private readonly BlockShelf _small;
    private readonly BlockShelf _large;

    /// <summary>Looks for unused blocks while there are any.</summary>
    private readonly ITimer _watch;
    private int _isWatching;

    public BlockPool(TimeProvider time)
    {
        _small = new BlockShelf(this, SmallBytes, MaxKeptSmall);
        _large = new BlockShelf(this, LargeBytes, MaxKeptLarge);
        _watch = time.CreateTimer(
            static pool => ((BlockPool)pool!).DropUnused(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The one of this process.</summary>
    public static new BlockPool Shared { get; } = new(TimeProvider.System);

    public override int MaxBufferSize => LargeBytes;

    /// <summary>A block of 4 KiB, or of 64 KiB when more is asked for. Disposing it gives it back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 64 KiB are asked for.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, LargeBytes);
        return (minBufferSize <= SmallBytes ? _small : _large).Take();
    }

    /// <summary>
    /// How much of a large block lies behind these bytes of it: 0 when it is filled to its end. Negative for bytes that lie in no
    /// large block.
    /// </summary>
    public static int RoomBehind(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetMemoryManager(bytes, out Block? block, out int start, out int length) && block.Length == LargeBytes
            ? LargeBytes - start - length
            : -1;

    /// <summary>
    /// A further owner of the block that these bytes lie in, so that they can be kept without a copy beyond the time of whoever
    /// holds it now. It is used again when the last of its owners has given it back.
    /// </summary>
    /// <exception cref="ArgumentException">They lie in no block, see <see cref="RoomBehind"/>.</exception>
    public static IMemoryOwner<byte> Share(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetMemoryManager(bytes, out Block? block)
            ? block.Share()
            : throw new ArgumentException("these bytes lie in no block of a pool", nameof(bytes));

    protected override void Dispose(bool disposing)
    {
        // The collector frees all else: blocks on their way come back to shelves that nobody reads.
        if (disposing)
        {
            _watch.Dispose();
        }
    }

    private void WatchUnused()
    {
        if (Volatile.Read(ref _isWatching) == 0 && Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            _watch.Change(s_unusedTime, s_unusedTime);
        }
    }

    private void DropUnused()
    {
        long dropped = _small.DropUnused() + _large.DropUnused();
        if (_small.IsEmpty && _large.IsEmpty)
        {
            _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Volatile.Write(ref _isWatching, 0);
        }

        if (dropped >= MinReturnedBytes)
        {
            // An idle process collects nothing by itself, and a collector keeps what it has freed.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <summary>The unused blocks of one size. What was given back last is in the processor's cache, so it is taken first.</summary>
    private sealed class BlockShelf(BlockPool pool, int blockBytes, int maxKept)
    {
        private readonly Lock _keptLock = new();
        private readonly Block?[] _kept = new Block?[maxKept];
        private int _count;

        /// <summary>How many nobody has taken since <see cref="DropUnused"/> looked.</summary>
        private int _unused;

        public bool IsEmpty => Volatile.Read(ref _count) == 0;

        public Block Take()
        {
            if (TryTake() is not { } block)
            {
                return new Block(this, blockBytes);
            }

            block.TakeOut();
            return block;
        }

        public void GiveBack(Block block)
        {
            lock (_keptLock)
            {
                if (_count == maxKept)
                {
                    return;
                }

                _kept[_count++] = block;
            }

            pool.WatchUnused();
        }

        /// <summary>Leaves to the collector what was not taken since the last call; returns how many bytes.</summary>
        public long DropUnused()
        {
            lock (_keptLock)
            {
                int dropped = _unused;
                _count -= dropped;
                _kept.AsSpan(dropped, _count).CopyTo(_kept);
                _kept.AsSpan(_count, dropped).Clear();
                _unused = _count;
                return (long)dropped * blockBytes;
            }
        }

        private Block? TryTake()
        {
            lock (_keptLock)
            {
                if (_count == 0)
                {
                    return null;
                }

                Block? block = _kept[--_count];
                _kept[_count] = null;
                _unused = Math.Min(_unused, _count);
                return block;
            }
        }
    }

    /// <summary>Pinned, so that reading from a socket into it costs no pin of its own. On its shelf again when all owners gave it back.</summary>
    private sealed class Block : MemoryManager<byte>
    {
        private readonly BlockShelf _shelf;
        private readonly byte[] _bytes;
        private readonly Memory<byte> _pinned;
        private int _isRented = 1;
        private int _owners = 1;

        public Block(BlockShelf shelf, int length)
        {
            _shelf = shelf;
            _bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);
            _pinned = MemoryMarshal.CreateFromPinnedArray(_bytes, 0, length);
        }

        public int Length => _bytes.Length;

        public override Span<byte> GetSpan() => _bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => _pinned[elementIndex..].Pin();

        public override void Unpin()
        {
            // It never moves.
        }

        public void TakeOut()
        {
            Volatile.Write(ref _owners, 1);
            Volatile.Write(ref _isRented, 1);
        }

        public BlockShare Share()
        {
            Interlocked.Increment(ref _owners);
            return new BlockShare(this);
        }

        public void LetGo()
        {
            if (Interlocked.Decrement(ref _owners) > 0)
            {
                return;
            }

#if DEBUG
            // A stale read shows in tests.
            _bytes.AsSpan().Fill(0xDD);
#endif
            _shelf.GiveBack(this);
        }

        protected override bool TryGetArray(out ArraySegment<byte> segment)
        {
            segment = _bytes;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            // Given back twice, it would have two owners.
            if (Interlocked.Exchange(ref _isRented, 0) == 1)
            {
                LetGo();
            }
        }
    }

    /// <summary>A further owner of a block.</summary>
    private sealed class BlockShare(Block block) : IMemoryOwner<byte>
    {
        private Block? _block = block;

        public Memory<byte> Memory => _block?.Memory ?? throw new ObjectDisposedException(nameof(BlockShare));

        public void Dispose() => Interlocked.Exchange(ref _block, null)?.LetGo();
    }
}
