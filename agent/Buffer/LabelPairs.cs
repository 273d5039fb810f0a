using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Every distinct label (name and value) of the series that are being scraped, once, under a small number. A label's bytes are its
/// piece of a blob (<see cref="Labels"/>), so the pieces of a series put behind each other are its blob. Counted by the series
/// that have it; not thread-safe.
/// </summary>
internal sealed class LabelPairs
{
    private const int MinBuckets = 256;
    private const int None = -1;

    /// <summary>Pieces are short, so a coarse grain would cost as much as it saves.</summary>
    private const int PieceGrain = 8;

    private readonly LabelSlabs _slabs = new(PieceGrain);
    private Pair[] _pairs = new Pair[MinBuckets];
    private int[] _buckets = NewBuckets(MinBuckets);
    private int _used;
    private int _firstFree = None;
    private int _count;

    /// <summary>The memory that the labels take.</summary>
    public long CapacityBytes => _slabs.CapacityBytes + _pairs.Length * 24L + _buckets.Length * 4L;

    /// <summary>The number of a label, which is one series' more from now on.</summary>
    public int Acquire(ReadOnlySpan<byte> piece)
    {
        uint hash = (uint)XxHash64.Hash(piece);
        int number = _buckets[hash & (uint)(_buckets.Length - 1)];
        while (number != None && (_pairs[number].Hash != hash || !Read(number).SequenceEqual(piece)))
        {
            number = _pairs[number].Next;
        }

        number = number == None ? Add(piece, hash) : number;
        _pairs[number].References++;
        return number;
    }

    public void Release(int number)
    {
        Invariant.Require(_pairs[number].References > 0, "a released label belongs to a series");
        if (--_pairs[number].References == 0)
        {
            Remove(number);
        }
    }

    /// <summary>The label's piece of a blob.</summary>
    public ReadOnlySpan<byte> Read(int number) => _slabs.Read(_pairs[number].Piece);

    /// <summary>A mark for the one who writes series down; 0 while nobody does.</summary>
    public ref int MarkOf(int number) => ref _pairs[number].Mark;

    private static int[] NewBuckets(int count)
    {
        int[] buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }

    private int Add(ReadOnlySpan<byte> piece, uint hash)
    {
        if (_count >= _buckets.Length)
        {
            Rehash();
        }

        EnsureNumber();
        SlabPlace place = _slabs.Store(piece);
        int number = TakeNumber();
        ref int bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        _pairs[number] = new Pair { Hash = hash, Piece = place, Next = bucket };
        bucket = number;
        _count++;
        return number;
    }

    private void EnsureNumber()
    {
        if (_firstFree == None && _used == _pairs.Length)
        {
            Array.Resize(ref _pairs, _pairs.Length * 2);
        }
    }

    private int TakeNumber()
    {
        if (_firstFree != None)
        {
            int reused = _firstFree;
            _firstFree = _pairs[reused].Next;
            return reused;
        }

        return _used++;
    }

    private void Remove(int number)
    {
        ref int link = ref _buckets[_pairs[number].Hash & (uint)(_buckets.Length - 1)];
        while (link != number)
        {
            link = ref _pairs[link].Next;
        }

        link = _pairs[number].Next;
        _slabs.Free(_pairs[number].Piece);
        _pairs[number] = new Pair { Next = _firstFree };
        _firstFree = number;
        _count--;
    }

    private void Rehash()
    {
        int[] old = _buckets;
        _buckets = NewBuckets(old.Length * 2);
        foreach (int first in old)
        {
            for (int number = first; number != None;)
            {
                int next = _pairs[number].Next;
                ref int bucket = ref _buckets[_pairs[number].Hash & (uint)(_buckets.Length - 1)];
                _pairs[number].Next = bucket;
                bucket = number;
                number = next;
            }
        }
    }

    /// <summary>One label, or a link of the free list when no series has it.</summary>
    private struct Pair
    {
        public uint Hash;
        public SlabPlace Piece;

        /// <summary>The next label in the same bucket, or in the free list.</summary>
        public int Next;
        public int References;
        public int Mark;
    }
}
