using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>The head's index as a search reads it: as of the moment when the search began.</summary>
internal readonly struct HeadPostings : IPostingIndex
{
    private readonly HeadIndex _index;

    public HeadPostings(HeadIndex index)
    {
        _index = index;
        IdEnd = index.Ids.End;
    }

    public uint IdEnd { get; }

    public PostingList ListOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        _index.TryGetName(name, out LabelValues? values) ? At(values.ListOf(value)) : default;

    public ReadOnlySpan<uint> Ids(in PostingList list, Span<uint> single) =>
        list.Read is { } read ? read : _index.Lists.Ids(list.Place, single);

    public void AddSeriesWhere(Matcher matcher, bool matching, IdUnion union, CancellationToken cancel)
    {
        if (!_index.TryGetName(matcher.Utf8Name.Span, out LabelValues? values))
        {
            return;
        }

        ReadOnlySpan<byte> prefix = matcher.Prefix;
        ValueTable table = values.Read();
        int count = table.Count;
        uint single = 0;
        for (int index = 0; index < count; index++)
        {
            cancel.ThrowIfCancellationRequested();
            ref ValueEntry entry = ref table.Entries[index];
            ulong list = Volatile.Read(ref entry.Postings);
            if (PostingLists.Count(list) > 0)
            {
                ReadOnlySpan<byte> value = values.BytesOf(in entry);
                if ((value.StartsWith(prefix) && matcher.Matches(value)) == matching)
                {
                    union.Add(_index.Lists.Ids(list, new Span<uint>(ref single)));
                }
            }
        }
    }

    public uint[] All()
    {
        uint[] ids = new uint[IdEnd];
        int count = 0;
        for (uint id = 1; id < IdEnd; id++)
        {
            ids[count] = id;
            count += _index.Ids[id] != 0 ? 1 : 0;
        }

        return ids[..count];
    }

    public IEnumerable<(byte[] Name, int Values)> CountedNames()
    {
        foreach (LabelValues values in _index.Names)
        {
            yield return (values.Name, values.LiveValues);
        }
    }

    public int CountValues(ReadOnlySpan<byte> name) => _index.TryGetName(name, out LabelValues? values) ? values.LiveValues : 0;

    public void VisitLists(ReadOnlySpan<byte> name, IListVisitor visitor, CancellationToken cancel)
    {
        if (!_index.TryGetName(name, out LabelValues? values))
        {
            return;
        }

        ValueTable table = values.Read();
        int count = table.Count;
        uint single = 0;
        for (int index = 0; index < count; index++)
        {
            cancel.ThrowIfCancellationRequested();
            ref ValueEntry entry = ref table.Entries[index];
            ReadOnlySpan<uint> ids = _index.Lists.Ids(Volatile.Read(ref entry.Postings), new Span<uint>(ref single));
            ReadOnlySpan<byte> value = values.BytesOf(in entry);
            if (!ids.IsEmpty && visitor.Wants(value) && !visitor.Take(value, ids))
            {
                return;
            }
        }
    }

    private static PostingList At(ulong list) => new(list, PostingLists.Count(list));
}
