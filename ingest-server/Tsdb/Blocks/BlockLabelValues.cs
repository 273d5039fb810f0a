namespace AmpEdge.Tsdb;

/// <summary>
/// The values of one label name in a block's postings table, of which every 32nd is in memory; the others are found by
/// walking on from there. Thread-safe.
/// </summary>
internal sealed class BlockLabelValues
{
    private readonly PagedFile _file;
    private readonly long _end;
    private readonly byte[][] _sampled;
    private readonly long[] _places;

    /// <param name="name">The label's name.</param>
    /// <param name="count">How many values there are.</param>
    /// <param name="table">The postings table.</param>
    /// <param name="sampled">Every 32nd value, from the first on.</param>
    /// <param name="places">Where the entries of those are.</param>
    public BlockLabelValues(byte[] name, int count, IndexSection table, byte[][] sampled, long[] places)
    {
        Name = name;
        Count = count;
        _file = table.File;
        _end = table.End;
        _sampled = sampled;
        _places = places;
    }

    public byte[] Name { get; }

    public int Count { get; }

    /// <summary>A walk over all values, rising.</summary>
    public Walker Walk() => new(this, 0);

    /// <summary>Where the posting list of a value is; false when no series has it.</summary>
    public bool TryFind(ReadOnlySpan<byte> value, out long postings)
    {
        int low = 0;
        int high = _sampled.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = value.SequenceCompareTo(_sampled[middle]) < 0 ? (low, middle) : (middle + 1, high);
        }

        if (low > 0)
        {
            Walker walker = new(this, low - 1);
            for (int step = 0; step < BlockFormat.SampleEvery && walker.MoveNext(); step++)
            {
                int order = walker.Value.SequenceCompareTo(value);
                if (order >= 0)
                {
                    postings = walker.Postings;
                    return order == 0;
                }
            }
        }

        postings = 0;
        return false;
    }

    /// <summary>Goes from value to value; a value is valid until the next step.</summary>
    public ref struct Walker
    {
        private PagedCursor _cursor;
        private int _left;

        internal Walker(BlockLabelValues values, int sample)
        {
            _cursor = new PagedCursor(values._file, values._places[sample], values._end);
            _left = values.Count - (sample * BlockFormat.SampleEvery);
        }

        public ReadOnlySpan<byte> Value { get; private set; }

        public long Postings { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            // The table was walked when it was opened, so names and counts are as they should be.
            _cursor.ReadByte();
            _cursor.ReadLengthPrefixed();
            ReadOnlySpan<byte> value = _cursor.ReadLengthPrefixed();
            Value = value;
            Postings = (long)_cursor.ReadUvarint();
            return true;
        }
    }
}
