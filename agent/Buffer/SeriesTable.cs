using System.Numerics;
using System.Runtime.CompilerServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// The series that are being scraped or wait to be sent: final labels to a small number. A scrape that remembers a number
/// refers to it, a queue whose entry has it holds it; when the last one lets go, the number may be given to another series.
/// Thread-safe.
/// </summary>
/// <remarks>
/// A hash table over slots in pieces of equal size. A series' labels are the numbers of its <see cref="LabelPairs"/>, a byte or
/// two each, because most labels are shared by many series: no object per series, and some 40 bytes where the labels as text
/// would be 200. docs/decisions/0006-labels-by-number.md has the figures.
/// </remarks>
internal sealed class SeriesTable
{
    private const int MinBuckets = 256;
    private const int NoSlot = -1;
    private const int PieceBits = 10;
    private const int VersionBits = 4;

    /// <summary>Numbers of labels are short, so a coarse grain would cost as much as they do.</summary>
    private const int NumbersGrain = 4;

    private readonly Lock _tableLock = new();
    private readonly LabelPairs _pairs = new();

    /// <summary>The numbers of each series' labels, as uvarints.</summary>
    private readonly LabelSlabs _numbers = new(NumbersGrain);
    private readonly ByteBuffer _scratch = new();

    /// <summary>A bit per slot: its number became free and <see cref="DrainRemoved"/> did not report it yet.</summary>
    private ulong[] _removed = [];
    private bool _anyRemoved;
    private readonly List<Slot[]> _slotPieces = [];

    /// <summary>By so many neighbouring slots: how often one of them was given to a series.</summary>
    private uint[] _versions = [];
    private int[] _buckets = NewBuckets(MinBuckets);
    private int _slotsUsed;
    private int _firstFree = NoSlot;

    /// <summary>Slots in use: series that are referred to or held.</summary>
    private int _kept;

    /// <summary>How many series are being scraped.</summary>
    public int Count { get; private set; }

    /// <summary>The memory that series and labels take.</summary>
    public long LabelBytes
    {
        get
        {
            lock (_tableLock)
            {
                return _numbers.CapacityBytes + _pairs.CapacityBytes
                    + (long)_slotPieces.Count * (32 << PieceBits) + _buckets.Length * 4L + _versions.Length * 4L;
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
    public SeriesRef Acquire(Labels labels) => Acquire(labels, out _);

    /// <summary>The same; <paramref name="isFirst"/> tells that no other scrape refers to the series.</summary>
    public SeriesRef Acquire(Labels labels, out bool isFirst)
    {
        lock (_tableLock)
        {
            int slot = FindOrAdd(labels.Blob, labels.Hash);
            isFirst = SlotAt(slot).References++ == 0;
            Count += isFirst ? 1 : 0;
            return RefOf(slot);
        }
    }

    /// <summary>The number of the series with this label blob, held for a sample on its way until <see cref="LetGo"/>.</summary>
    public SeriesRef Hold(ReadOnlySpan<byte> blob, ulong hash)
    {
        lock (_tableLock)
        {
            int slot = FindOrAdd(blob, hash);
            SlotAt(slot).Holds++;
            return RefOf(slot);
        }
    }

    /// <summary>The same for a series that is there.</summary>
    public void Hold(SeriesRef series)
    {
        lock (_tableLock)
        {
            SlotAt(SlotOf(series)).Holds++;
        }
    }

    /// <summary>Ends a hold.</summary>
    public void LetGo(SeriesRef series)
    {
        lock (_tableLock)
        {
            LetGoUnderLock(series);
        }
    }

    /// <summary>Gives one reference back. No sample of the series may be in an appender that is not committed yet.</summary>
    public void Release(SeriesRef series)
    {
        lock (_tableLock)
        {
            int slot = SlotOf(series);
            Invariant.Require(SlotAt(slot).References > 0, "a released series is referred to");
            if (--SlotAt(slot).References == 0)
            {
                Count--;
                RemoveUnused(slot);
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
            target.EnsureCapacity(CountRemoved());
            for (int word = 0; _anyRemoved && word < _removed.Length; word++)
            {
                for (; _removed[word] != 0; _removed[word] &= _removed[word] - 1)
                {
                    target.Add(RefOf((word << 6) + BitOperations.TrailingZeroCount(_removed[word])));
                }
            }

            _anyRemoved = false;
        }
    }

    /// <summary>Appends a series' label blob to a buffer and returns its hash.</summary>
    public ulong CopyLabels(SeriesRef series, ByteBuffer target)
    {
        lock (_tableLock)
        {
            ref readonly Slot slot = ref SlotAt(SlotOf(series));
            AppendLabels(slot, target);
            return slot.Hash;
        }
    }

    /// <summary>Keeps the table as it is until disposed, to read the labels of many series by one lock.</summary>
    public LabelReader ReadLabels() => new(this);

    private static SeriesRef RefOf(int slot) => new((uint)slot + 1);

    private static int SlotOf(SeriesRef series) => (int)series.Value - 1;

    private static int[] NewBuckets(int count)
    {
        int[] buckets = new int[count];
        Array.Fill(buckets, NoSlot);
        return buckets;
    }

    private int CountRemoved()
    {
        int count = 0;
        foreach (ulong word in _anyRemoved ? _removed : [])
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot SlotAt(int slot) => ref _slotPieces[slot >> PieceBits][slot & ((1 << PieceBits) - 1)];

    private int FindOrAdd(ReadOnlySpan<byte> blob, ulong hash)
    {
        int slot = _buckets[Bucket(hash)];
        while (slot != NoSlot && (SlotAt(slot).Hash != hash || !HasLabels(SlotAt(slot), blob)))
        {
            slot = SlotAt(slot).Next;
        }

        return slot != NoSlot ? slot : Add(blob, hash);
    }

    private void LetGoUnderLock(SeriesRef series)
    {
        int slot = SlotOf(series);
        Invariant.Require(SlotAt(slot).Holds > 0, "a series that is let go is held");
        SlotAt(slot).Holds--;
        RemoveUnused(slot);
    }

    private void RemoveUnused(int slot)
    {
        if (SlotAt(slot) is { References: 0, Holds: 0 })
        {
            Remove(slot);
            _removed[slot >> 6] |= 1UL << (slot & 63);
            _anyRemoved = true;
        }
    }

    private bool HasLabels(in Slot slot, ReadOnlySpan<byte> blob)
    {
        if (slot.BlobLength != blob.Length)
        {
            return false;
        }

        SpanReader numbers = new(_numbers.Read(slot.Numbers));
        while (!numbers.AtEnd)
        {
            ReadOnlySpan<byte> piece = _pairs.Read((int)numbers.ReadUvarint());
            if (!blob.StartsWith(piece))
            {
                return false;
            }

            blob = blob[piece.Length..];
        }

        return true;
    }

    private void AppendLabels(in Slot slot, ByteBuffer target)
    {
        Invariant.Require(slot.References + slot.Holds > 0, "a series whose labels are asked for is there");
        SpanReader numbers = new(_numbers.Read(slot.Numbers));
        while (!numbers.AtEnd)
        {
            target.Append(_pairs.Read((int)numbers.ReadUvarint()));
        }
    }

    private int Add(ReadOnlySpan<byte> blob, ulong hash)
    {
        if (_kept >= _buckets.Length)
        {
            Rehash();
        }

        EnsureSlot();
        SlabPlace numbers = StoreNumbers(blob);
        int slot = TakeSlot();

        ref int bucket = ref _buckets[Bucket(hash)];
        SlotAt(slot) = new Slot
        {
            Hash = hash, Numbers = numbers, BlobLength = blob.Length, Next = bucket,
        };
        bucket = slot;
        _versions[slot >> VersionBits]++;
        _kept++;
        return slot;
    }

    private SlabPlace StoreNumbers(ReadOnlySpan<byte> blob)
    {
        _scratch.Clear();
        SpanReader rest = new(blob);
        try
        {
            while (!rest.AtEnd)
            {
                int start = rest.Position;
                rest.ReadLengthPrefixed();
                rest.ReadLengthPrefixed();
                Invariant.Require(!rest.Truncated, "labels are whole");
                _scratch.Reserve(Uvarint.MaxLength);
                _scratch.AppendUvarint((ulong)_pairs.Acquire(blob[start..rest.Position]));
            }

            return _numbers.Store(_scratch.Written);
        }
        catch
        {
            // Most likely out of memory: the labels so far belong to no series.
            ReleaseLabels(_scratch.Written);
            throw;
        }
    }

    private void ReleaseLabels(ReadOnlySpan<byte> uvarints)
    {
        SpanReader numbers = new(uvarints);
        while (!numbers.AtEnd)
        {
            _pairs.Release((int)numbers.ReadUvarint());
        }
    }

    private int TakeSlot()
    {
        if (_firstFree != NoSlot)
        {
            int reused = _firstFree;
            _firstFree = SlotAt(reused).Next;
            return reused;
        }

        return _slotsUsed++;
    }

    /// <summary>What a slot and its end need, so that neither fails half done when memory is short.</summary>
    private void EnsureSlot()
    {
        if (_firstFree == NoSlot && _slotsUsed == _slotPieces.Count << PieceBits)
        {
            int words = (_slotsUsed + (1 << PieceBits)) >> 6;
            if (_removed.Length < words)
            {
                Array.Resize(ref _removed, Math.Max(words, _removed.Length * 2));
            }

            int versions = (_slotsUsed + (1 << PieceBits)) >> VersionBits;
            if (_versions.Length < versions)
            {
                Array.Resize(ref _versions, Math.Max(versions, _versions.Length * 2));
            }

            _slotPieces.Add(new Slot[1 << PieceBits]);
        }
    }

    private void Remove(int slot)
    {
        ref Slot removed = ref SlotAt(slot);
        ref int link = ref _buckets[Bucket(removed.Hash)];
        while (link != slot)
        {
            link = ref SlotAt(link).Next;
        }

        link = removed.Next;
        ReleaseLabels(_numbers.Read(removed.Numbers));
        _numbers.Free(removed.Numbers);
        removed = new Slot { Next = _firstFree };
        _firstFree = slot;
        _kept--;
    }

    private void Rehash()
    {
        int[] old = _buckets;
        _buckets = NewBuckets(old.Length * 2);
        foreach (int first in old)
        {
            for (int slot = first; slot != NoSlot;)
            {
                int next = SlotAt(slot).Next;
                ref int bucket = ref _buckets[Bucket(SlotAt(slot).Hash)];
                SlotAt(slot).Next = bucket;
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

        public ulong HashOf(SeriesRef series) => _table.SlotAt(SlotOf(series)).Hash;

        /// <summary>
        /// Grows when the number, or one of its neighbours, is given to another series: a sum of versions that is still the same
        /// means that none of the numbers was. The series need not be there.
        /// </summary>
        public uint VersionOf(SeriesRef series) => _table._versions[SlotOf(series) >> VersionBits];

        /// <summary>The length of the label blob.</summary>
        public int LengthOf(SeriesRef series) => _table.SlotAt(SlotOf(series)).BlobLength;

        /// <summary>Appends the label blob to a buffer.</summary>
        public void Copy(SeriesRef series, ByteBuffer target) => _table.AppendLabels(_table.SlotAt(SlotOf(series)), target);

        /// <summary>The numbers of the labels, as uvarints.</summary>
        public ReadOnlySpan<byte> NumbersOf(SeriesRef series) => _table._numbers.Read(_table.SlotAt(SlotOf(series)).Numbers);

        /// <summary>The piece of a blob that a label is, by its number.</summary>
        public ReadOnlySpan<byte> Label(int number) => _table._pairs.Read(number);

        /// <summary>A mark on a label for the one who writes series down; 0 when nobody does, and to be left so.</summary>
        public ref int MarkOf(int number) => ref _table._pairs.MarkOf(number);

        /// <summary>Holds the series for a sample on its way.</summary>
        public void Hold(SeriesRef series) => _table.SlotAt(SlotOf(series)).Holds++;

        /// <summary>Ends a hold.</summary>
        public void LetGo(SeriesRef series) => _table.LetGoUnderLock(series);

        /// <summary>The label blob, valid until the next call or until this is disposed.</summary>
        public ReadOnlySpan<byte> LabelsOf(SeriesRef series)
        {
            _table._scratch.Clear();
            _table.AppendLabels(_table.SlotAt(SlotOf(series)), _table._scratch);
            return _table._scratch.Written;
        }

        public void Dispose() => _table._tableLock.Exit();
    }

    /// <summary>One series, or a link of the free list when nobody has it.</summary>
    private struct Slot
    {
        public ulong Hash;
        public SlabPlace Numbers;

        /// <summary>The length of the labels as a blob.</summary>
        public int BlobLength;

        /// <summary>The next slot in the same bucket, or in the free list.</summary>
        public int Next;

        /// <summary>Scrapes that know the series.</summary>
        public int References;

        /// <summary>Samples of it that are on their way, and readers that have its number.</summary>
        public int Holds;
    }
}
