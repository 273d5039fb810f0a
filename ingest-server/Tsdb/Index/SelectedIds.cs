using System.Runtime.InteropServices;

namespace AmpEdge.Tsdb;

/// <summary>
/// The series that meet the matchers of a selection: those of every required term that are in no excluded one. They are found
/// as they are sought, so that who wants a few of a million reads little; who asks for many is answered by a bitmap after a while.
/// One thread.
/// </summary>
internal sealed class SelectedIds<TIndex>
    where TIndex : IPostingIndex
{
    /// <summary>With more questions than one for so many ids, writing those down costs less than going on.</summary>
    private const int QuestionShare = 4;

    private readonly TIndex _index;
    private readonly List<PostingTerm<TIndex>> _required;
    private readonly List<PostingTerm<TIndex>> _excluded;

    /// <summary>The first of all, as far as they were listed.</summary>
    private readonly List<uint> _listed = [];

    /// <summary>Where the listing goes on; the greatest number once all are listed.</summary>
    private uint _unlisted;

    /// <summary>How many questions more are answered by the terms themselves.</summary>
    private uint _questionsLeft;

    /// <summary>All ids; null before those questions are used up.</summary>
    private IdSet? _bits;

    /// <param name="index">What the terms are of.</param>
    /// <param name="required">Without any, all series are required.</param>
    /// <param name="excluded">What is taken away.</param>
    public SelectedIds(TIndex index, List<PostingTerm<TIndex>> required, List<PostingTerm<TIndex>> excluded)
    {
        _index = index;
        _required = required;
        _excluded = excluded;
        // The shortest leads, and the longer ones are searched for its ids.
        _required.Sort(static (left, right) => left.Count.CompareTo(right.Count));
        _questionsLeft = (required.Count == 0 ? index.IdEnd : (uint)_required[0].Count) / QuestionShare;
    }

    /// <summary>True when it is plain that there are none.</summary>
    public bool IsEmpty => _required.Count > 0 && _required[0].Count == 0;

    /// <summary>
    /// The given id when it is selected; else another above it, below which none is from the given one on. Quick when the ids that
    /// are asked for rise.
    /// </summary>
    public uint Seek(uint id)
    {
        if (_bits is not null)
        {
            return _bits.Seek(id);
        }

        if (_questionsLeft == 0)
        {
            _bits = Collect();
            return _bits.Seek(id);
        }

        _questionsLeft--;
        return SeekInTerms(id);
    }

    /// <summary>All ids, rising, when they are at most so many; may give up where that would take long to find out.</summary>
    public bool TryList(int limit, out ReadOnlySpan<uint> ids)
    {
        ids = default;
        if (_required.Count == 0)
        {
            return false;
        }

        while (_unlisted != uint.MaxValue && _listed.Count <= limit)
        {
            uint next = Seek(_unlisted);
            if (next == _unlisted)
            {
                _listed.Add(next);
                next++;
            }

            _unlisted = next;
        }

        ids = CollectionsMarshal.AsSpan(_listed);
        return ids.Length <= limit;
    }

    /// <summary>All ids, rising.</summary>
    public uint[] ToArray()
    {
        uint[] ids = _required.Count == 0 ? _index.All() : _required[0].ToArray();
        int count = ids.Length;
        for (int term = 1; term < _required.Count && count > 0; term++)
        {
            count = _required[term].Keep(ids.AsSpan(0, count), present: true);
        }

        for (int term = 0; term < _excluded.Count && count > 0; term++)
        {
            count = _excluded[term].Keep(ids.AsSpan(0, count), present: false);
        }

        return count == ids.Length ? ids : ids[..count];
    }

    private uint SeekInTerms(uint id)
    {
        foreach (PostingTerm<TIndex> term in _required)
        {
            uint next = term.Seek(id);
            if (next != id)
            {
                return next;
            }
        }

        foreach (PostingTerm<TIndex> term in _excluded)
        {
            if (term.Seek(id) == id)
            {
                return id + 1;
            }
        }

        return id;
    }

    private IdSet Collect()
    {
        IdSet bits = new(_index.IdEnd);
        for (uint id = 0; id < _index.IdEnd;)
        {
            uint next = SeekInTerms(id);
            if (next == id)
            {
                bits.Add([id]);
                next++;
            }

            id = next;
        }

        return bits;
    }
}
