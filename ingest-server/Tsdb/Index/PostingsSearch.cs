using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Finds the series that meet matchers, as Prometheus does: a matcher that the empty value does not meet selects the
/// series of its matching values; one that the empty value meets (an absent label counts as empty) takes away the
/// series of the values that do not match.
/// </summary>
internal sealed class PostingsSearch
{
    private readonly HeadIndex _index;
    private readonly CancellationToken _cancel;

    public PostingsSearch(HeadIndex index, CancellationToken cancel)
    {
        _index = index;
        _cancel = cancel;
    }

    /// <summary>The ids of the series that meet every matcher, rising. Without matchers: all.</summary>
    public uint[] Find(IReadOnlyList<Matcher> matchers)
    {
        uint end = _index.Ids.End;
        uint[]? found = null;
        foreach (Matcher matcher in CheapestFirst(matchers))
        {
            if (!matcher.MatchesEmpty)
            {
                found = found is null ? Select(matcher, end) : Keep(found, Select(matcher, end));
                if (found.Length == 0)
                {
                    return found;
                }
            }
        }

        found ??= All(end);
        foreach (Matcher matcher in matchers)
        {
            if (matcher.MatchesEmpty)
            {
                found = TakeAway(found, matcher, end);
            }
        }

        return found;
    }

    /// <summary>Matchers that name their values first: they leave little for the others to do.</summary>
    private static IEnumerable<Matcher> CheapestFirst(IReadOnlyList<Matcher> matchers)
    {
        foreach (Matcher matcher in matchers)
        {
            if (matcher.SetMatches is not null)
            {
                yield return matcher;
            }
        }

        foreach (Matcher matcher in matchers)
        {
            if (matcher.SetMatches is null)
            {
                yield return matcher;
            }
        }
    }

    /// <summary>The intersection of two rising arrays, in the first one's place.</summary>
    private static uint[] Keep(uint[] ids, uint[] others)
    {
        int kept = 0;
        int other = 0;
        foreach (uint id in ids)
        {
            other = AdvanceTo(others, other, id);
            if (other == others.Length)
            {
                break;
            }

            if (others[other] == id)
            {
                ids[kept++] = id;
            }
        }

        return kept == ids.Length ? ids : ids[..kept];
    }

    /// <summary>The first place from <paramref name="from"/> on whose id is not below the wanted one.</summary>
    private static int AdvanceTo(uint[] ids, int from, uint wanted)
    {
        // Doubling steps: near places cost nearly nothing, far ones a logarithm.
        int step = 1;
        int low = from;
        while (from < ids.Length && ids[from] < wanted)
        {
            low = from + 1;
            from += step;
            step *= 2;
        }

        int high = Math.Min(from, ids.Length);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = ids[middle] < wanted ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The series that have a value of the label which the matcher takes.</summary>
    private uint[] Select(Matcher matcher, uint end)
    {
        if (!_index.TryGetName(matcher.Utf8Name.Span, out LabelValues? values))
        {
            return [];
        }

        Union union = new(_index.Lists, end);
        if (matcher.SetMatches is { } set)
        {
            foreach (byte[] value in set)
            {
                union.Add(values.ListOf(value));
            }

            return union.ToArray();
        }

        ReadOnlySpan<byte> prefix = matcher.Prefix;
        ValueTable table = values.Read();
        int count = table.Count;
        for (int index = 0; index < count; index++)
        {
            _cancel.ThrowIfCancellationRequested();
            ref ValueEntry entry = ref table.Entries[index];
            ulong list = Volatile.Read(ref entry.Postings);
            if (PostingLists.Count(list) > 0)
            {
                ReadOnlySpan<byte> value = values.BytesOf(in entry);
                if (value.StartsWith(prefix) && matcher.Matches(value))
                {
                    union.Add(list);
                }
            }
        }

        return union.ToArray();
    }

    /// <summary>Takes away the series with a value that the matcher, which takes an absent label, does not take.</summary>
    private uint[] TakeAway(uint[] ids, Matcher matcher, uint end)
    {
        if (ids.Length == 0 || !_index.TryGetName(matcher.Utf8Name.Span, out LabelValues? values))
        {
            return ids;
        }

        IdSet refused = new(end);
        uint single = 0;
        ValueTable table = values.Read();
        int count = table.Count;
        if (matcher.Type == MatcherType.NotEqual)
        {
            refused.Add(_index.Lists.Ids(values.ListOf(matcher.Utf8Value.Span), new Span<uint>(ref single)));
            count = 0;
        }

        for (int index = 0; index < count; index++)
        {
            _cancel.ThrowIfCancellationRequested();
            ref ValueEntry entry = ref table.Entries[index];
            ulong list = Volatile.Read(ref entry.Postings);
            if (PostingLists.Count(list) > 0 && !matcher.Matches(values.BytesOf(in entry)))
            {
                refused.Add(_index.Lists.Ids(list, new Span<uint>(ref single)));
            }
        }

        return Array.FindAll(ids, id => !refused.Contains(id));
    }

    private uint[] All(uint end)
    {
        List<uint> ids = [];
        for (uint id = 1; id < end; id++)
        {
            if (_index.Ids[id] != 0)
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }

    /// <summary>Unites lists: one list is copied, more go through a bitmap.</summary>
    private ref struct Union(PostingLists lists, uint end)
    {
        private readonly PostingLists _lists = lists;
        private readonly uint _end = end;
        private ulong _only;
        private IdSet? _set;

        public void Add(ulong list)
        {
            if (PostingLists.Count(list) == 0)
            {
                return;
            }

            if (_set is null && _only == 0)
            {
                _only = list;
                return;
            }

            uint single = 0;
            if (_set is null)
            {
                _set = new IdSet(_end);
                _set.Add(_lists.Ids(_only, new Span<uint>(ref single)));
            }

            _set.Add(_lists.Ids(list, new Span<uint>(ref single)));
        }

        public readonly uint[] ToArray()
        {
            uint single = 0;
            return _set?.ToArray() ?? _lists.Ids(_only, new Span<uint>(ref single)).ToArray();
        }
    }
}
