using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>The label names and values of a block, and the lists of series that have them. Thread-safe.</summary>
internal sealed class BlockPostings : IPostingIndex
{
    private readonly PagedFile _file;
    private readonly long _bound;
    private readonly long _all;
    private readonly Dictionary<byte[], BlockLabelValues> _byName;
    private readonly Dictionary<byte[], BlockLabelValues>.AlternateLookup<ReadOnlySpan<byte>> _bySlice;

    private BlockPostings(PagedFile file, long bound, uint idEnd, long all, List<BlockLabelValues> names)
    {
        _file = file;
        _bound = bound;
        _all = all;
        IdEnd = idEnd;
        Names = names;
        _byName = new Dictionary<byte[], BlockLabelValues>(names.Count, new Utf8NameComparer());
        foreach (BlockLabelValues values in names)
        {
            _byName.Add(values.Name, values);
        }

        _bySlice = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>References of series are below this.</summary>
    public uint IdEnd { get; }

    /// <summary>All label names, sorted.</summary>
    public IReadOnlyList<BlockLabelValues> Names { get; }

    /// <summary>Reads the postings table once, past the cache; checks its checksum and its order.</summary>
    /// <param name="table">The table.</param>
    /// <param name="bound">Where the lists end at the latest.</param>
    /// <param name="idEnd">References of series are below this.</param>
    public static BlockPostings Open(IndexSection table, long bound, uint idEnd)
    {
        PagedCursor cursor = table.Walk(cached: false);
        uint count = cursor.ReadUInt32BigEndian();
        TableWalk walk = new(table);
        for (uint entry = 0; entry < count; entry++)
        {
            walk.Read(ref cursor);
        }

        if (!cursor.AtEnd || walk.All == 0)
        {
            throw new BlockCorruptionException(
                table.File.Path, cursor.Position, "another end of the postings table", "its last entry, and one for all series");
        }

        return new BlockPostings(table.File, bound, idEnd, walk.All, walk.Finish());
    }

    public bool TryGetName(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out BlockLabelValues values) =>
        _bySlice.TryGetValue(name, out values);

    public PostingList ListOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        _bySlice.TryGetValue(name, out BlockLabelValues? values) && values.TryFind(value, out long postings)
            ? new PostingList(ReadList(postings))
            : default;

    public ReadOnlySpan<uint> Ids(in PostingList list, Span<uint> single) => list.Read;

    public void AddSeriesWhere(Matcher matcher, bool matching, IdUnion union, CancellationToken cancel)
    {
        if (!_bySlice.TryGetValue(matcher.Utf8Name.Span, out BlockLabelValues? values))
        {
            return;
        }

        ReadOnlySpan<byte> prefix = matcher.Prefix;
        ListReader reader = new(this);
        BlockLabelValues.Walker walker = values.Walk();
        while (walker.MoveNext())
        {
            cancel.ThrowIfCancellationRequested();
            if ((walker.Value.StartsWith(prefix) && matcher.Matches(walker.Value)) == matching)
            {
                union.Add(reader.Read(walker.Postings));
            }
        }
    }

    public uint[] All() => ReadList(_all);

    public IEnumerable<(byte[] Name, int Values)> CountedNames()
    {
        foreach (BlockLabelValues values in Names)
        {
            yield return (values.Name, values.Count);
        }
    }

    public int CountValues(ReadOnlySpan<byte> name) => _bySlice.TryGetValue(name, out BlockLabelValues? values) ? values.Count : 0;

    public void VisitLists(ReadOnlySpan<byte> name, IListVisitor visitor, CancellationToken cancel)
    {
        if (!_bySlice.TryGetValue(name, out BlockLabelValues? values))
        {
            return;
        }

        ListReader reader = new(this);
        BlockLabelValues.Walker walker = values.Walk();
        while (walker.MoveNext())
        {
            cancel.ThrowIfCancellationRequested();
            if (visitor.Wants(walker.Value) && !visitor.Take(walker.Value, reader.Read(walker.Postings)))
            {
                return;
            }
        }
    }

    /// <summary>Where the list of all series is.</summary>
    public long PlaceOfAll => _all;

    /// <summary>Reads a list and checks its checksum, its order and its bounds.</summary>
    public uint[] ReadList(long offset) => new ListReader(this).ReadAlone(offset);

    [DoesNotReturn]
    private void ThrowBroken(long offset, string found) =>
        throw new BlockCorruptionException(_file.Path, offset, found, "a list of rising references to series");

    /// <summary>Reads lists one after the other, and checks the checksum, the order and the bounds of each.</summary>
    private ref struct ListReader(BlockPostings postings)
    {
        private byte[] _bytes = [];
        private uint[] _ids = [];

        /// <summary>The ids of a list, in an array of their own: of a reader that reads no other.</summary>
        public uint[] ReadAlone(long offset)
        {
            Read(offset);
            return _ids;
        }

        /// <summary>The ids of a list; valid until the next one is read.</summary>
        public ReadOnlySpan<uint> Read(long offset)
        {
            long bound = postings._bound;
            if (offset < BlockFormat.IndexHeaderBytes || offset > bound - (3 * sizeof(uint)))
            {
                postings.ThrowBroken(offset, "a place outside of the lists");
            }

            ReadOnlySpan<byte> header = postings._file.Read(offset, 2 * sizeof(uint), ref _bytes);
            long length = BinaryPrimitives.ReadUInt32BigEndian(header);
            long count = BinaryPrimitives.ReadUInt32BigEndian(header[sizeof(uint)..]);
            if (length != sizeof(uint) + (count * sizeof(uint)) || length > bound - offset - (2 * sizeof(uint)) || length > int.MaxValue - 4)
            {
                postings.ThrowBroken(offset, $"a list of {count} in {length} bytes");
            }

            ReadOnlySpan<byte> bytes = postings._file.Read(offset + sizeof(uint), (int)length + BlockFormat.ChecksumBytes, ref _bytes);
            if (Crc32C.Compute(bytes[..(int)length]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)length..]))
            {
                postings.ThrowBroken(offset, "a list of another checksum");
            }

            if (_ids.Length < count)
            {
                _ids = GC.AllocateUninitializedArray<uint>((int)count);
            }

            Span<uint> ids = _ids.AsSpan(0, (int)count);
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes[sizeof(uint)..(int)length]), ids);
            Check(offset, ids);
            return ids;
        }

        private readonly void Check(long offset, ReadOnlySpan<uint> ids)
        {
            uint last = 0;
            foreach (uint id in ids)
            {
                if (id <= last || id >= postings.IdEnd)
                {
                    postings.ThrowBroken(offset, $"a reference to series {id} behind {last}");
                }

                last = id;
            }
        }
    }

    /// <summary>Gathers the entries of the postings table: names, and every 32nd value of each.</summary>
    private sealed class TableWalk(IndexSection table)
    {
        private readonly List<BlockLabelValues> _names = [];
        private readonly List<byte[]> _sampled = [];
        private readonly List<long> _places = [];
        private readonly ByteBuffer _last = new();
        private byte[] _name = [];
        private int _count;

        /// <summary>Where the list of all series is; 0 until its entry was met.</summary>
        public long All { get; private set; }

        public void Read(ref PagedCursor cursor)
        {
            long place = cursor.Position;
            if (cursor.ReadByte() != 2)
            {
                ThrowBroken(place, "an entry of another kind");
            }

            ReadOnlySpan<byte> name = cursor.ReadLengthPrefixed();
            bool isNewName = !name.SequenceEqual(_name);
            if (isNewName)
            {
                BeginName(name, place);
            }

            // The name's bytes are gone with this read.
            bool isAll = _name.Length == 0;
            ReadOnlySpan<byte> value = cursor.ReadLengthPrefixed();
            if (isAll)
            {
                if (!value.IsEmpty || All != 0)
                {
                    ThrowBroken(place, "an empty name");
                }

                All = (long)cursor.ReadUvarint();
                return;
            }

            if (_count > 0 && value.SequenceCompareTo(_last.Written) <= 0)
            {
                ThrowBroken(place, "a value out of order");
            }

            if (_count % BlockFormat.SampleEvery == 0)
            {
                _sampled.Add(value.ToArray());
                _places.Add(place);
            }

            _count++;
            _last.Clear();
            _last.Append(value);
            cursor.ReadUvarint();
        }

        public List<BlockLabelValues> Finish()
        {
            EndName();
            return _names;
        }

        private void BeginName(ReadOnlySpan<byte> name, long place)
        {
            if (name.SequenceCompareTo(_name) <= 0)
            {
                ThrowBroken(place, "a name out of order");
            }

            EndName();
            _name = name.ToArray();
        }

        private void EndName()
        {
            if (_count > 0)
            {
                _names.Add(new BlockLabelValues(_name, _count, table, [.. _sampled], [.. _places]));
            }

            _sampled.Clear();
            _places.Clear();
            _count = 0;
        }

        [DoesNotReturn]
        private void ThrowBroken(long offset, string found) => throw new BlockCorruptionException(
            table.File.Path, offset, found, "names and values in order, with the place of their lists");
    }
}
