namespace AmpEdge.Tsdb;

/// <summary>Unites rising lists of series ids, for one query.</summary>
internal sealed class IdUnion(uint end)
{
    /// <summary>With more ids than one for so many possible ones, a bitmap is smaller and quicker than sorting.</summary>
    private const uint DenseShare = 32;

    private uint[] _ids = [];
    private int _count;
    private int _lists;

    /// <summary>Instead of the array, once there are many.</summary>
    private IdSet? _bits;

    /// <summary>Adds a list.</summary>
    public void Add(ReadOnlySpan<uint> rising)
    {
        if (rising.IsEmpty)
        {
            return;
        }

        if (_bits is null && _count + (uint)rising.Length > end / DenseShare)
        {
            _bits = new IdSet(end);
            _bits.Add(_ids.AsSpan(0, _count));
            _ids = [];
        }

        if (_bits is not null)
        {
            _bits.Add(rising);
            return;
        }

        if (rising.Length > _ids.Length - _count)
        {
            // The first list is mostly the only one.
            Array.Resize(ref _ids, _lists == 0 ? rising.Length : Math.Max(_ids.Length * 2, _count + rising.Length));
        }

        rising.CopyTo(_ids.AsSpan(_count));
        _count += rising.Length;
        _lists++;
    }

    /// <summary>The ids as a term of a selection. Nothing is added any more.</summary>
    public PostingTerm<TIndex> ToTerm<TIndex>(TIndex index)
        where TIndex : IPostingIndex =>
        _bits is null ? new PostingTerm<TIndex>(index, new PostingList(ToArray())) : new PostingTerm<TIndex>(index, _bits);

    private uint[] ToArray()
    {
        if (_lists > 1)
        {
            Array.Sort(_ids, 0, _count);
            RemoveRepeated();
        }

        return _count == _ids.Length ? _ids : _ids[.._count];
    }

    private void RemoveRepeated()
    {
        int kept = 1;
        for (int index = 1; index < _count; index++)
        {
            if (_ids[index] != _ids[kept - 1])
            {
                _ids[kept++] = _ids[index];
            }
        }

        _count = kept;
    }
}
