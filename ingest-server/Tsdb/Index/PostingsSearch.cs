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
    public uint[] Find(IReadOnlyList<Matcher> matchers) => Select(matchers).ToArray();

    /// <summary>The same, found as they are sought.</summary>
    public SelectedIds<TIndex> Select(IReadOnlyList<Matcher> matchers)
    {
        List<PostingTerm<TIndex>> required = [];
        List<PostingTerm<TIndex>> excluded = [];
        foreach (Matcher matcher in CheapestFirst(matchers))
        {
            if (!matcher.MatchesEmpty)
            {
                PostingTerm<TIndex> term = Wanted(matcher);
                required.Add(term);
                if (term.Count == 0)
                {
                    return new SelectedIds<TIndex>(_index, required, excluded);
                }
            }
        }

        foreach (Matcher matcher in matchers)
        {
            if (matcher.MatchesEmpty && Refused(matcher) is { Count: > 0 } term)
            {
                excluded.Add(term);
            }
        }

        return new SelectedIds<TIndex>(_index, required, excluded);
    }

    /// <summary>Matchers that name their values first: where those have no series, the others are not evaluated.</summary>
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

    /// <summary>The series that have a value of the label which the matcher takes.</summary>
    private PostingTerm<TIndex> Wanted(Matcher matcher)
    {
        if (matcher.SetMatches is not { } set)
        {
            return Where(matcher, matching: true);
        }

        if (set.Count == 1)
        {
            return new PostingTerm<TIndex>(_index, _index.ListOf(matcher.Utf8Name.Span, set[0]));
        }

        IdUnion union = new(_index.IdEnd);
        uint single = 0;
        foreach (byte[] value in set)
        {
            PostingList list = _index.ListOf(matcher.Utf8Name.Span, value);
            union.Add(_index.Ids(in list, new Span<uint>(ref single)));
        }

        return union.ToTerm(_index);
    }

    /// <summary>The series with a value that the matcher, which takes an absent label, does not take.</summary>
    private PostingTerm<TIndex> Refused(Matcher matcher) =>
        matcher.Type == MatcherType.NotEqual
            ? new PostingTerm<TIndex>(_index, _index.ListOf(matcher.Utf8Name.Span, matcher.Utf8Value.Span))
            : Where(matcher, matching: false);

    private PostingTerm<TIndex> Where(Matcher matcher, bool matching)
    {
        IdUnion union = new(_index.IdEnd);
        _index.AddSeriesWhere(matcher, matching, union, _cancel);
        return union.ToTerm(_index);
    }
}
