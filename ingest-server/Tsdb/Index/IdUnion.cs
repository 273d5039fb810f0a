namespace AmpEdge.Tsdb;

/// <summary>Unites rising lists of series ids, for one query.</summary>
internal sealed class IdUnion(uint end)
{
    /// <summary>With more ids than one for so many possible ones, a bitmap is quicker than sorting.</summary>
    private const uint DenseShare = 32;

    private uint[] _ids = [];
    private int _count;
    private int _lists;

    /// <summary>What was added, lists one behind another; valid until more is added.</summary>
    public ReadOnlySpan<uint> Listed => _ids.AsSpan(0, _count);

    /// <summary>Begins anew, in the same memory.</summary>
    public void Clear() => (_count, _lists) = (0, 0);

    /// <summary>Adds a list.</summary>
    public void Add(ReadOnlySpan<uint> rising) => rising.CopyTo(Reserve(rising.Length));

    /// <summary>Adds a list of so many ids, which the caller writes.</summary>
    public Span<uint> Reserve(int count)
    {
        if (count == 0)
        {
            return default;
        }

        if (count > _ids.Length - _count)
        {
            // The first list is mostly the only one.
            Array.Resize(ref _ids, _lists == 0 ? count : Math.Max(_ids.Length * 2, _count + count));
        }

        _lists++;
        Span<uint> target = _ids.AsSpan(_count, count);
        _count += count;
        return target;
    }

    /// <summary>The ids, rising, each once. Nothing is added any more.</summary>
    public uint[] ToArray()
    {
        if (_lists > 1 && _count > end / DenseShare)
        {
            IdSet set = new(end);
            set.Add(_ids.AsSpan(0, _count));
            return set.ToArray();
        }

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
