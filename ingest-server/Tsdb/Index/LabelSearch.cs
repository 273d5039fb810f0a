using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Finds the names, or the values of one name, that the series of a selection have. A posting list knows which series have a text, so
/// for each text the first series is looked for that is selected and has samples between the times: list and selection are gone
/// through in steps of whichever is further. Where a label has more values than there are series, those are read.
/// </summary>
/// <remarks>
/// A series that turns out to have no samples is not asked again: at most every selected series is read once, and one for each text.
/// </remarks>
internal sealed class LabelSearch<TIndex, TPart>(
    TIndex index, IReadOnlyList<Matcher> matchers, TPart part, CancellationToken cancel)
    where TIndex : IPostingIndex
    where TPart : ISelectedPart
{
    private readonly SelectedIds<TIndex> _selected = new PostingsSearch<TIndex>(index, cancel).Select(matchers);

    /// <summary>The selected series that turned out to have no samples between the times; null while there are none.</summary>
    private IdSet? _withoutSamples;

    /// <summary>Adds the names that are not found yet.</summary>
    public void FindNames(LabelCensus found)
    {
        if (_selected.IsEmpty)
        {
            return;
        }

        List<(byte[] Name, int Values)> names = [];
        foreach ((byte[] name, int values) in index.CountedNames())
        {
            if (!found.Texts.Contains(name))
            {
                names.Add((name, values));
            }
        }

        names.Sort(static (left, right) => left.Values.CompareTo(right.Values));
        foreach ((byte[] name, int values) in names)
        {
            if (_selected.TryList(values - 1, out ReadOnlySpan<uint> ids))
            {
                ReadNames(ids, found);
                return;
            }

            NameVisitor visitor = new(this);
            index.VisitLists(name, visitor, cancel);
            if (visitor.IsFound)
            {
                found.Texts.Add(name);
            }
        }
    }

    /// <summary>Adds the values of a label that are not found yet.</summary>
    public void FindValues(ReadOnlySpan<byte> name, LabelCensus found)
    {
        int values = _selected.IsEmpty ? 0 : index.CountValues(name);
        if (values == 0)
        {
            return;
        }

        if (_selected.TryList(values - 1, out ReadOnlySpan<uint> ids))
        {
            ReadValues(ids, name, found);
        }
        else
        {
            index.VisitLists(name, new ValueVisitor(this, MatchersOf(name), found), cancel);
        }
    }

    /// <summary>The matchers of a label: what they refuse needs no look at its series.</summary>
    private List<Matcher> MatchersOf(ReadOnlySpan<byte> name)
    {
        List<Matcher> own = [];
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Utf8Name.Span.SequenceEqual(name))
            {
                own.Add(matcher);
            }
        }

        return own;
    }

    private void ReadNames(ReadOnlySpan<uint> ids, LabelCensus found)
    {
        foreach (uint id in ids)
        {
            if (HasSamples(id))
            {
                part.CountNames(found);
            }
        }
    }

    private void ReadValues(ReadOnlySpan<uint> ids, ReadOnlySpan<byte> name, LabelCensus found)
    {
        foreach (uint id in ids)
        {
            if (HasSamples(id))
            {
                part.CountValue(name, found);
            }
        }
    }

    /// <summary>Whether one of these series is selected and has samples between the times.</summary>
    private bool AnyOf(ReadOnlySpan<uint> ids)
    {
        int place = 0;
        while (place < ids.Length)
        {
            uint id = ids[place];
            uint next = _selected.Seek(id);
            if (next != id)
            {
                place = RisingIds.AdvanceTo(ids, place + 1, next);
            }
            else if (HasSamples(id))
            {
                return true;
            }
            else
            {
                place++;
            }
        }

        return false;
    }

    /// <summary>Goes to a selected series; false when it has no samples between the times.</summary>
    private bool HasSamples(uint id)
    {
        if (_withoutSamples?.Contains(id) == true)
        {
            return false;
        }

        cancel.ThrowIfCancellationRequested();
        if (part.TryRead(id))
        {
            return true;
        }

        _withoutSamples ??= new IdSet(index.IdEnd);
        _withoutSamples.Add([id]);
        return false;
    }

    private sealed class NameVisitor(LabelSearch<TIndex, TPart> search) : IListVisitor
    {
        public bool IsFound { get; private set; }

        public bool Wants(ReadOnlySpan<byte> value) => true;

        public bool Take(ReadOnlySpan<byte> value, ReadOnlySpan<uint> ids)
        {
            IsFound = search.AnyOf(ids);
            return !IsFound;
        }
    }

    private sealed class ValueVisitor(LabelSearch<TIndex, TPart> search, List<Matcher> own, LabelCensus found) : IListVisitor
    {
        public bool Wants(ReadOnlySpan<byte> value)
        {
            foreach (Matcher matcher in own)
            {
                if (!matcher.Matches(value))
                {
                    return false;
                }
            }

            return !found.Texts.Contains(value);
        }

        public bool Take(ReadOnlySpan<byte> value, ReadOnlySpan<uint> ids)
        {
            if (search.AnyOf(ids))
            {
                found.Texts.Add(value);
            }

            return true;
        }
    }
}
