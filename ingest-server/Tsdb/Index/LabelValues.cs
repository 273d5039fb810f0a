using System.Diagnostics;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The values of one label name, each with its posting list. One writer at a time, see <see cref="HeadIndex"/>; readers take no
/// lock and see a table as of some moment.
/// </summary>
internal sealed class LabelValues
{
    private readonly BlockSlab _blocks;
    private readonly PostingLists _lists;
    private readonly Retirement _retirement;
    private readonly ulong _seed;

    /// <summary>
    /// The value added to last, which neighbours mostly share; past the end when there is none. Belongs to the writer.
    /// </summary>
    private int _before;

    /// <summary>Ids in a row that were added to that value and that its list lacks. Belongs to the writer.</summary>
    private uint _runFirst;
    private int _runLength;

    /// <summary>Grows by being replaced; entries below its count keep their place and bytes.</summary>
    private ValueTable _table = new(ValueTable.InitialEntries);

    public LabelValues(byte[] name, BlockSlab blocks, PostingLists lists, Retirement retirement, ulong seed)
    {
        Name = name;
        _blocks = blocks;
        _lists = lists;
        _retirement = retirement;
        _seed = seed;
    }

    /// <summary>The label's name, UTF-8.</summary>
    public byte[] Name { get; }

    /// <summary>How many values have a series. The writer's count: a reader may see one that is a commit old.</summary>
    public int LiveValues { get; private set; }

    /// <summary>Bytes of the hash slots and entries.</summary>
    public long TableBytes => Volatile.Read(ref _table).Bytes;

    /// <summary>The table as of now; its values are read through <see cref="BytesOf"/>.</summary>
    public ValueTable Read() => Volatile.Read(ref _table);

    /// <summary>The bytes of an entry read from a table.</summary>
    public ReadOnlySpan<byte> BytesOf(in ValueEntry entry) => _blocks.Get(entry.Bytes, entry.Length);

    /// <summary>The posting list of a value; 0 when no series has it.</summary>
    public ulong ListOf(ReadOnlySpan<byte> value)
    {
        ValueTable table = Read();
        int index = Find(table, value, HashOf(value));
        return index < 0 ? 0 : Volatile.Read(ref table.Entries[index].Postings);
    }

    /// <summary>
    /// Adds a series to the list of a value. Its id is above all that were added before. The list has it when the series
    /// after it has another value, or with <see cref="Finish"/> at the latest: neighbours mostly share their values, so lists
    /// grow by runs of ids.
    /// </summary>
    /// <returns>True when there is something to be finished since now.</returns>
    public bool Add(ReadOnlySpan<byte> value, uint id, long sequence)
    {
        bool isFirst = _runLength == 0;
        bool isSame = _before < _table.Count && Has(in _table.Entries[_before], value);
        if (!isFirst && isSame && id == _runFirst + (uint)_runLength)
        {
            _runLength++;
            return false;
        }

        Finish(sequence);
        if (!isSame)
        {
            uint hash = HashOf(value);
            int index = Find(_table, value, hash);
            _before = index >= 0 ? index : AddValue(value, hash);
        }

        _runFirst = id;
        _runLength = 1;
        return isFirst;
    }

    /// <summary>Lets the list have what was added since.</summary>
    public void Finish(long sequence)
    {
        if (_runLength > 0)
        {
            ref ValueEntry entry = ref _table.Entries[_before];
            LiveValues += PostingLists.Count(entry.Postings) == 0 ? 1 : 0;
            Volatile.Write(ref entry.Postings, _lists.Add(entry.Postings, _runFirst, _runLength, sequence));
            _runLength = 0;
        }
    }

    /// <summary>Takes series out of the list of a value.</summary>
    public void Remove(ReadOnlySpan<byte> value, IdSet ids, long sequence)
    {
        Debug.Assert(_runLength == 0, "what was added is in its list before anything leaves");
        int index = Find(_table, value, HashOf(value));
        Invariant.Require(index >= 0, "a series had a label value that the index did not");
        ref ValueEntry entry = ref _table.Entries[index];
        bool live = PostingLists.Count(entry.Postings) > 0;
        Volatile.Write(ref entry.Postings, _lists.Without(entry.Postings, ids, sequence));
        if (live && PostingLists.Count(entry.Postings) == 0)
        {
            LiveValues--;
        }
    }

    /// <summary>Leaves out the values without series once they are the larger part.</summary>
    public void Shrink(long sequence)
    {
        ValueTable old = _table;
        if (old.Count <= ValueTable.InitialEntries || LiveValues * 2 > old.Count)
        {
            return;
        }

        ValueTable smaller = new(Math.Max(LiveValues, ValueTable.InitialEntries));
        for (int index = 0; index < old.Count; index++)
        {
            ref ValueEntry entry = ref old.Entries[index];
            if (PostingLists.Count(entry.Postings) > 0)
            {
                smaller.Append(entry);
                smaller.Insert(HashOf(BytesOf(in entry)), smaller.Count - 1);
            }
            else
            {
                _retirement.Retire(sequence, RetiredKind.Block, entry.Bytes.Value);
            }
        }

        _before = 0;
        Volatile.Write(ref _table, smaller);
    }

    private uint HashOf(ReadOnlySpan<byte> value) => (uint)(XxHash64.Hash(value, _seed) >> 32);

    private int Find(ValueTable table, ReadOnlySpan<byte> value, uint hash)
    {
        uint mask = (uint)table.Slots.Length - 1;
        for (uint slot = hash & mask; ; slot = (slot + 1) & mask)
        {
            int index = Volatile.Read(ref table.Slots[slot]) - 1;
            if (index < 0)
            {
                return -1;
            }

            ref ValueEntry entry = ref table.Entries[index];
            if (Has(in entry, value))
            {
                return index;
            }
        }
    }

    private bool Has(in ValueEntry entry, ReadOnlySpan<byte> value) =>
        entry.Length == value.Length && BytesOf(in entry).SequenceEqual(value);

    private int AddValue(ReadOnlySpan<byte> value, uint hash)
    {
        Debug.Assert(!value.IsEmpty, "an empty value means an absent label");
        BlockRef bytes = _blocks.Take(value.Length);
        value.CopyTo(_blocks.Get(bytes));
        if (_table.Count == _table.Entries.Length)
        {
            ValueTable larger = new(_table.Count * 2);
            for (int index = 0; index < _table.Count; index++)
            {
                larger.Append(_table.Entries[index]);
                larger.Insert(HashOf(BytesOf(in _table.Entries[index])), index);
            }

            Volatile.Write(ref _table, larger);
        }

        _table.Append(new ValueEntry { Bytes = bytes, Length = value.Length });
        _table.Insert(hash, _table.Count - 1);
        return _table.Count - 1;
    }
}
