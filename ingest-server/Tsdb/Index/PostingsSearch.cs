using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Finds the series that meet matchers, as Prometheus does: a matcher that the empty value does not meet selects the
/// series of its matching values; one that the empty value meets (an absent label counts as empty) takes away the
/// series of the values that do not match. One body for the head and for blocks.
/// </summary>
internal sealed class PostingsSearch<TIndex>
    where TIndex : IPostingIndex
{
    private readonly TIndex _index;
    private readonly CancellationToken _cancel;

    public PostingsSearch(TIndex index, CancellationToken cancel)
    {
        _index = index;
        _cancel = cancel;
    }

    /// <summary>The ids of the series that meet every matcher, rising. Without matchers: all.</summary>
    public uint[] Find(IReadOnlyList<Matcher> matchers)
    {
        uint end = _index.IdEnd;
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
            if (matcher.MatchesEmpty && found.Length > 0)
            {
                found = TakeAway(found, Refused(matcher, end));
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

    /// <summary>The first array without what is in the second, in the first one's place.</summary>
    private static uint[] TakeAway(uint[] ids, uint[] others)
    {
        int kept = 0;
        int other = 0;
        foreach (uint id in ids)
        {
            other = AdvanceTo(others, other, id);
            if (other == others.Length || others[other] != id)
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
        IdUnion union = new(end);
        if (matcher.SetMatches is { } set)
        {
            foreach (byte[] value in set)
            {
                _index.AddSeriesOf(matcher.Utf8Name.Span, value, union);
            }
        }
        else
        {
            _index.AddSeriesWhere(matcher, matching: true, union, _cancel);
        }

        return union.ToArray();
    }

    /// <summary>The series with a value that the matcher, which takes an absent label, does not take.</summary>
    private uint[] Refused(Matcher matcher, uint end)
    {
        IdUnion union = new(end);
        if (matcher.Type == MatcherType.NotEqual)
        {
            _index.AddSeriesOf(matcher.Utf8Name.Span, matcher.Utf8Value.Span, union);
        }
        else
        {
            _index.AddSeriesWhere(matcher, matching: false, union, _cancel);
        }

        return union.ToArray();
    }

    private uint[] All(uint end)
    {
        IdUnion union = new(end);
        _index.AddAll(union);
        return union.ToArray();
    }
}
