using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// The series that are being scraped: final labels to a small number. Whoever remembers a number holds a reference to it;
/// when the last one lets go, the number may be given to another series. Thread-safe.
/// </summary>
/// <remarks>
/// An open hash table over slots in one array, labels in <see cref="LabelSlabs"/>: no object per series.
/// </remarks>
internal sealed class SeriesTable
{
    private const int MinBuckets = 256;
    private const int NoSlot = -1;

    private readonly Lock _tableLock = new();
    private readonly LabelSlabs _slabs = new();

    /// <summary>Numbers that became free and that <see cref="DrainRemoved"/> did not report yet.</summary>
    private readonly List<SeriesRef> _removed = [];
    private Slot[] _slots = new Slot[MinBuckets];
    private int[] _buckets = NewBuckets(MinBuckets);
    private int _slotsUsed;
    private int _firstFree = NoSlot;

    /// <summary>How many series are referred to.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes that labels take.</summary>
    public long LabelBytes
    {
        get
        {
            lock (_tableLock)
            {
                return _slabs.CapacityBytes;
            }
        }
    }

    /// <summary>Numbers are below this: the size for an array that is indexed by <see cref="SeriesRef.Value"/>.</summary>
    public int RefLimit
    {
        get
        {
            lock (_tableLock)
            {
                return _slotsUsed + 1;
            }
        }
    }

    /// <summary>The number of the series with these labels; the caller now refers to it, until it calls <see cref="Release"/>.</summary>
    public SeriesRef Acquire(Labels labels)
    {
        lock (_tableLock)
        {
            int slot = Find(labels);
            if (slot == NoSlot)
            {
                slot = Add(labels);
            }

            _slots[slot].References++;
            return RefOf(slot);
        }
    }

    /// <summary>Gives one reference back. No sample of the series may be in an appender that is not committed yet.</summary>
    public void Release(SeriesRef series)
    {
        lock (_tableLock)
        {
            int slot = SlotOf(series);
            Invariant.Require(_slots[slot].References > 0, "a released series is referred to");
            if (--_slots[slot].References == 0)
            {
                Remove(slot);
                _removed.Add(series);
            }
        }
    }

    /// <summary>
    /// Moves the numbers that became free since the last call to <paramref name="target"/>. Whoever keeps something by number
    /// calls this before it uses a number again: it then never takes one series for another.
    /// </summary>
    public void DrainRemoved(List<SeriesRef> target)
    {
        lock (_tableLock)
        {
            target.AddRange(_removed);
            _removed.Clear();
        }
    }

    /// <summary>Appends a series' label blob to a buffer and returns its hash.</summary>
    public ulong CopyLabels(SeriesRef series, ByteBuffer target)
    {
        lock (_tableLock)
        {
            ref readonly Slot slot = ref _slots[SlotOf(series)];
            Invariant.Require(slot.References > 0, "a series whose labels are asked for is referred to");
            target.Append(_slabs.Read(slot.Labels));
            return slot.Hash;
        }
    }

    /// <summary>Keeps the table as it is until disposed, to read the labels of many series by one lock.</summary>
    public LabelReader ReadLabels() => new(this);

    /// <summary>The length of a series' label blob.</summary>
    public int LabelsLength(SeriesRef series)
    {
        lock (_tableLock)
        {
            return _slots[SlotOf(series)].Labels.Length;
        }
    }

    private static SeriesRef RefOf(int slot) => new((uint)slot + 1);

    private static int SlotOf(SeriesRef series) => (int)series.Value - 1;

    private static int[] NewBuckets(int count)
    {
        int[] buckets = new int[count];
        Array.Fill(buckets, NoSlot);
        return buckets;
    }

    private int Find(Labels labels)
    {
        int slot = _buckets[Bucket(labels.Hash)];
        while (slot != NoSlot
            && (_slots[slot].Hash != labels.Hash || !_slabs.Read(_slots[slot].Labels).SequenceEqual(labels.Blob)))
        {
            slot = _slots[slot].Next;
        }

        return slot;
    }

    private int Add(Labels labels)
    {
        int slot = TakeSlot();
        if (Count >= _buckets.Length)
        {
            Rehash();
        }

        ref int bucket = ref _buckets[Bucket(labels.Hash)];
        _slots[slot] = new Slot { Hash = labels.Hash, Labels = _slabs.Store(labels.Blob), Next = bucket };
        bucket = slot;
        Count++;
        return slot;
    }

    private int TakeSlot()
    {
        if (_firstFree != NoSlot)
        {
            int reused = _firstFree;
            _firstFree = _slots[reused].Next;
            return reused;
        }

        if (_slotsUsed == _slots.Length)
        {
            Array.Resize(ref _slots, _slots.Length * 2);
        }

        return _slotsUsed++;
    }

    private void Remove(int slot)
    {
        ref int link = ref _buckets[Bucket(_slots[slot].Hash)];
        while (link != slot)
        {
            link = ref _slots[link].Next;
        }

        link = _slots[slot].Next;
        _slabs.Free(_slots[slot].Labels);
        _slots[slot] = new Slot { Next = _firstFree };
        _firstFree = slot;
        Count--;
    }

    private void Rehash()
    {
        int[] old = _buckets;
        _buckets = NewBuckets(old.Length * 2);
        foreach (int first in old)
        {
            for (int slot = first; slot != NoSlot;)
            {
                int next = _slots[slot].Next;
                ref int bucket = ref _buckets[Bucket(_slots[slot].Hash)];
                _slots[slot].Next = bucket;
                bucket = slot;
                slot = next;
            }
        }
    }

    private int Bucket(ulong hash) => (int)(hash & (uint)(_buckets.Length - 1));

    /// <summary>Reads the labels of series while it holds the table's lock.</summary>
    internal readonly ref struct LabelReader : IDisposable
    {
        private readonly SeriesTable _table;

        public LabelReader(SeriesTable table)
        {
            _table = table;
            table._tableLock.Enter();
        }

        public ulong HashOf(SeriesRef series) => _table._slots[SlotOf(series)].Hash;

        /// <summary>The label blob, valid until this is disposed.</summary>
        public ReadOnlySpan<byte> LabelsOf(SeriesRef series)
        {
            ref readonly Slot slot = ref _table._slots[SlotOf(series)];
            Invariant.Require(slot.References > 0, "a series whose labels are asked for is referred to");
            return _table._slabs.Read(slot.Labels);
        }

        public void Dispose() => _table._tableLock.Exit();
    }

    /// <summary>One series, or a link of the free list when nobody refers to it.</summary>
    private struct Slot
    {
        public ulong Hash;
        public SlabPlace Labels;

        /// <summary>The next slot in the same bucket, or in the free list.</summary>
        public int Next;
        public int References;
    }
}
