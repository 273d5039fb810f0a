using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Writes the index of a block whose symbols, labels and series are all known, from the beginning to the end (FORMAT.md,
/// "index"). Used once.
/// </summary>
internal sealed class IndexWriter
{
    /// <summary>
    /// How many references are collected at a time: 64 MiB. Each time the spool is read once more.
    /// </summary>
    private const int ReferencesPerPass = 16 * 1024 * 1024;

    private readonly FileAppender _file;
    private readonly TextSet _symbols;
    private readonly LabelPairs _pairs;
    private readonly SeriesSpool _spool;
    private readonly int[] _symbolOrder;
    private readonly int[] _rankOfSymbol;
    private readonly int[] _pairOrder;
    private readonly int[] _rankOfPair;

    /// <summary>The reference of each series, in order.</summary>
    private readonly uint[] _references;

    /// <summary>Where the list of each label is, in the order of labels.</summary>
    private readonly long[] _postings;
    private long _allPostings;

    public IndexWriter(FileAppender file, TextSet symbols, LabelPairs pairs, SeriesSpool spool)
    {
        _file = file;
        _symbols = symbols;
        _pairs = pairs;
        _spool = spool;
        _symbolOrder = TextOrder.Of(symbols);
        _rankOfSymbol = Inverse(_symbolOrder);
        _pairOrder = pairs.Sorted(_rankOfSymbol);
        _rankOfPair = Inverse(_pairOrder);
        _references = new uint[spool.Series];
        _postings = new long[pairs.Count];
    }

    public void Write()
    {
        _file.AppendUInt32BigEndian(BlockFormat.IndexMagic);
        _file.Append(BlockFormat.IndexVersion);
        long symbols = _file.Position;
        WriteSymbols();
        _file.PadTo(BlockFormat.SeriesAlignment);
        long series = _file.Position;
        WriteSeries();
        long labelIndices = _file.Position;
        List<(int Name, long Offset)> labels = WriteLabelIndices();
        long postings = _file.Position;
        WritePostings();
        long labelTable = _file.Position;
        WriteLabelTable(labels);
        long postingsTable = _file.Position;
        WritePostingsTable();
        _file.BeginChecksum();
        foreach (long offset in (ReadOnlySpan<long>)[symbols, series, labelIndices, labelTable, postings, postingsTable])
        {
            _file.AppendUInt64BigEndian((ulong)offset);
        }

        _file.AppendChecksum();
    }

    private static int[] Inverse(int[] order)
    {
        int[] ranks = new int[order.Length];
        for (int rank = 0; rank < order.Length; rank++)
        {
            ranks[order[rank]] = rank;
        }

        return ranks;
    }

    private static int LengthOfString(ReadOnlySpan<byte> text) => Uvarint.Length((ulong)text.Length) + text.Length;

    /// <summary>Length and checksum around a section whose length is known beforehand.</summary>
    private void BeginSection(long length)
    {
        if (length > uint.MaxValue)
        {
            throw new InvalidDataException($"a section of the index of a block has {length} bytes: at most 4 GiB can be written");
        }

        _file.AppendUInt32BigEndian((uint)length);
        _file.BeginChecksum();
    }

    private void WriteSymbols()
    {
        long length = sizeof(uint);
        foreach (int symbol in _symbolOrder)
        {
            length += LengthOfString(_symbols[symbol]);
        }

        BeginSection(length);
        _file.AppendUInt32BigEndian((uint)_symbolOrder.Length);
        foreach (int symbol in _symbolOrder)
        {
            _file.AppendLengthPrefixed(_symbols[symbol]);
        }

        _file.AppendChecksum();
    }

    private void WriteSeries()
    {
        ByteBuffer entry = new();
        _spool.Rewind();
        for (int series = 0; series < _references.Length; series++)
        {
            _spool.Next();
            _file.PadTo(BlockFormat.SeriesAlignment);
            long reference = _file.Position / BlockFormat.SeriesAlignment;
            if (reference > uint.MaxValue)
            {
                throw new InvalidDataException("the index of a block would have more than 64 GiB: no reference reaches further");
            }

            _references[series] = (uint)reference;
            entry.Clear();
            entry.AppendUvarint((ulong)_spool.Pairs.Count);
            foreach (int pair in _spool.Pairs)
            {
                entry.AppendUvarint((ulong)_rankOfSymbol[_pairs.NameOf(pair)]);
                entry.AppendUvarint((ulong)_rankOfSymbol[_pairs.ValueOf(pair)]);
            }

            entry.Append(_spool.Chunks);
            _file.AppendUvarint((ulong)entry.Length);
            _file.BeginChecksum();
            _file.Append(entry.Written);
            _file.AppendChecksum();
        }
    }

    /// <summary>The values of each name. Nobody reads them any more, but older readers want them to be there.</summary>
    private List<(int Name, long Offset)> WriteLabelIndices()
    {
        List<(int Name, long Offset)> places = [];
        for (int first = 0, end; first < _pairOrder.Length; first = end)
        {
            int name = _pairs.NameOf(_pairOrder[first]);
            for (end = first + 1; end < _pairOrder.Length && _pairs.NameOf(_pairOrder[end]) == name; end++)
            {
                // Labels of one name lie together.
            }

            _file.PadTo(BlockFormat.ListAlignment);
            places.Add((name, _file.Position));
            BeginSection((2 * sizeof(uint)) + ((long)sizeof(uint) * (end - first)));
            _file.AppendUInt32BigEndian(1);
            _file.AppendUInt32BigEndian((uint)(end - first));
            for (int rank = first; rank < end; rank++)
            {
                _file.AppendUInt32BigEndian((uint)_rankOfSymbol[_pairs.ValueOf(_pairOrder[rank])]);
            }

            _file.AppendChecksum();
        }

        return places;
    }

    private void WritePostings()
    {
        _allPostings = WriteList(_references);
        for (int first = 0, end; first < _pairOrder.Length; first = end)
        {
            long references = 0;
            for (end = first; end < _pairOrder.Length; end++)
            {
                references += _pairs.SeriesOf(_pairOrder[end]);
                if (references > ReferencesPerPass && end > first)
                {
                    break;
                }
            }

            WriteLists(first, end);
        }
    }

    /// <summary>The lists of some labels, from one place in their order to another.</summary>
    private void WriteLists(int first, int end)
    {
        int[] next = new int[end - first];
        int references = 0;
        for (int rank = first; rank < end; rank++)
        {
            next[rank - first] = references;
            references += _pairs.SeriesOf(_pairOrder[rank]);
        }

        uint[] lists = new uint[references];
        _spool.Rewind();
        foreach (uint reference in _references)
        {
            _spool.Next();
            foreach (int pair in _spool.Pairs)
            {
                int rank = _rankOfPair[pair];
                if (rank >= first && rank < end)
                {
                    lists[next[rank - first]++] = reference;
                }
            }
        }

        for (int rank = first; rank < end; rank++)
        {
            int count = _pairs.SeriesOf(_pairOrder[rank]);
            _postings[rank] = WriteList(lists.AsSpan(next[rank - first] - count, count));
        }
    }

    private long WriteList(ReadOnlySpan<uint> references)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        _file.PadTo(BlockFormat.ListAlignment);
        long offset = _file.Position;
        BeginSection(sizeof(uint) + ((long)sizeof(uint) * references.Length));
        _file.AppendUInt32BigEndian((uint)references.Length);
        uint last = 0;
        foreach (uint reference in references)
        {
            Invariant.Require(reference > last, "the references of a posting list do not rise");
            last = reference;
            BinaryPrimitives.WriteUInt32BigEndian(bytes, reference);
            _file.Append(bytes);
        }

        _file.AppendChecksum();
        return offset;
    }

    private void WriteLabelTable(List<(int Name, long Offset)> labels)
    {
        long length = sizeof(uint);
        foreach ((int name, long offset) in labels)
        {
            length += 1 + LengthOfString(_symbols[name]) + Uvarint.Length((ulong)offset);
        }

        BeginSection(length);
        _file.AppendUInt32BigEndian((uint)labels.Count);
        foreach ((int name, long offset) in labels)
        {
            _file.Append(1);
            _file.AppendLengthPrefixed(_symbols[name]);
            _file.AppendUvarint((ulong)offset);
        }

        _file.AppendChecksum();
    }

    /// <summary>The list of all series comes first, under an empty name and value.</summary>
    private void WritePostingsTable()
    {
        long length = sizeof(uint) + 3 + Uvarint.Length((ulong)_allPostings);
        for (int rank = 0; rank < _pairOrder.Length; rank++)
        {
            int pair = _pairOrder[rank];
            length += 1 + LengthOfString(_symbols[_pairs.NameOf(pair)]) + LengthOfString(_symbols[_pairs.ValueOf(pair)])
                + Uvarint.Length((ulong)_postings[rank]);
        }

        BeginSection(length);
        _file.AppendUInt32BigEndian((uint)_pairOrder.Length + 1);
        WritePlace(default, default, _allPostings);
        for (int rank = 0; rank < _pairOrder.Length; rank++)
        {
            int pair = _pairOrder[rank];
            WritePlace(_symbols[_pairs.NameOf(pair)], _symbols[_pairs.ValueOf(pair)], _postings[rank]);
        }

        _file.AppendChecksum();
    }

    private void WritePlace(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, long offset)
    {
        _file.Append(2);
        _file.AppendLengthPrefixed(name);
        _file.AppendLengthPrefixed(value);
        _file.AppendUvarint((ulong)offset);
    }
}
