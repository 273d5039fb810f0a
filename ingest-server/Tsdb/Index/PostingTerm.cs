namespace AmpEdge.Tsdb;

/// <summary>
/// The series of one condition of a selection: a list, or a bitmap where many lists were united. Nothing is copied before
/// it is asked for.
/// </summary>
internal sealed class PostingTerm<TIndex>
    where TIndex : IPostingIndex
{
    private readonly TIndex _index;
    private readonly PostingList _list;

    /// <summary>Instead of the list.</summary>
    private readonly IdSet? _bits;

    /// <summary>Holds the id of a list of one.</summary>
    private uint _single;

    /// <summary>Where the last search ended.</summary>
    private int _place;

    public PostingTerm(TIndex index, PostingList list)
    {
        _index = index;
        _list = list;
        Count = list.Count;
    }

    public PostingTerm(TIndex index, IdSet bits)
    {
        _index = index;
        _bits = bits;
        Count = bits.Count();
    }

    /// <summary>How many series there are.</summary>
    public int Count { get; }

    /// <summary>
    /// The given id when it is among these; else another above it, below which there is none of these from the given one on.
    /// Quick when the ids that are asked for rise.
    /// </summary>
    public uint Seek(uint id)
    {
        if (_bits is not null)
        {
            return _bits.Seek(id);
        }

        ReadOnlySpan<uint> ids = List();
        if (_place > 0 && ids[_place - 1] >= id)
        {
            _place = 0;
        }

        _place = RisingIds.AdvanceTo(ids, _place, id);
        return _place < ids.Length ? ids[_place] : uint.MaxValue;
    }

    /// <summary>The ids, rising, in an array for the caller to change.</summary>
    public uint[] ToArray() => _bits is null ? List().ToArray() : _bits.ToArray();

    /// <summary>Leaves those of some rising ids that are among these, or that are not, in front; returns how many they are.</summary>
    public int Keep(Span<uint> ids, bool present)
    {
        int kept = 0;
        if (_bits is not null)
        {
            foreach (uint id in ids)
            {
                ids[kept] = id;
                kept += _bits.Contains(id) == present ? 1 : 0;
            }

            return kept;
        }

        ReadOnlySpan<uint> others = List();
        int other = 0;
        foreach (uint id in ids)
        {
            other = RisingIds.AdvanceTo(others, other, id);
            if ((other < others.Length && others[other] == id) == present)
            {
                ids[kept++] = id;
            }
            else if (other == others.Length && present)
            {
                break;
            }
        }

        return kept;
    }

    private ReadOnlySpan<uint> List() => _index.Ids(in _list, new Span<uint>(ref _single));
}
